import { type Label, labelOf, labelSelection } from '../../core/people/label.ts';
import type { AttributeId, TargetAttributes } from '../../core/profile.ts';
import type { AttributePath, JsonObject, SourceId, SourceUser } from '../../core/values.ts';
import { profilesOf, scatteredPeople } from '../../ledger/links/sample-profiles.ts';
import type { Cursor } from '../../sources/source.ts';
import { accountOf } from '../account-text.ts';
import { managedBy, named, takingPart } from '../read/managers.ts';
import type { Asking } from '../work.ts';

/** What is asked: how many people, who of them in any case (by source id), and paths to read in addition to those offered. */
export type SampleRequest = {
  readonly size: number;
  readonly include: readonly SourceId[];
  readonly also: readonly AttributePath[];
};

/** A person of a sample: all attributes the source offers, and what the ledger remembers of each target. It holds values. */
export type SampledPerson = {
  readonly person: SourceId;
  /** What the source calls them. */
  readonly label: Label;
  readonly attributes: JsonObject;
  readonly targets: Readonly<
    Record<
      string,
      {
        readonly account: string;
        readonly values: Readonly<Record<AttributeId, string | null>>;
        readonly ours: readonly AttributeId[];
      }
    >
  >;
};

/** Real people with everything a mapping may read, and the rules of the targets: what a preview works on. */
export type Sample = {
  readonly version: number;
  readonly people: readonly SampledPerson[];
  /** Every path that was read, whether anybody has a value there or not. */
  readonly paths: readonly AttributePath[];
  readonly rules: Readonly<Record<string, TargetAttributes>>;
};

/** The path under which the mapping finds the groups of a person; it is no attribute of the directory. */
const groupsPath = 'groups';

/** Bounds on what one sample costs the provider: pages of the listing, people asked for one by one, managers likewise. */
const mostPages = 5;
const mostAsked = 20;
const mostManagers = 40;

/**
 * Draws people from all over the directory: evenly from the first pages of its listing, and, if it continues after
 * them, some that the ledger knows. No target is asked; nothing is written.
 */
export const samplePeople = async (asking: Asking, request: SampleRequest): Promise<Sample> => {
  const { ledger, connector, call } = asking;
  const offered = await connector.source.attributes(call);
  const named = labelSelection(connector.source.label);
  const wanted = [...connector.mapping.selection, ...offered.map(({ path }) => path), ...named, ...request.also];
  const paths = [...new Set(wanted)].filter((path) => path !== groupsPath).sort();
  const { listed, whole } = await firstPages(asking, paths);
  const people = new Map<SourceId, SourceUser>();
  const take = (user: SourceUser): void => {
    if (people.size < request.size) people.set(user.id, user);
  };
  const known = new Map(listed.map((user) => [user.id, user]));
  for (const id of request.include) {
    const user = known.get(id) ?? (await takingPart(asking, id, paths));
    if (user !== null) take(user);
  }
  if (!whole) {
    for (const id of await scatteredPeople(ledger, connector.id, mostAsked)) {
      const user = known.get(id) ?? (await takingPart(asking, id, paths));
      if (user !== null) take(user);
    }
  }
  for (const user of spread(listed, request.size - people.size, people)) take(user);
  const managed = await withManagers(asking, [...people.values()], listed, paths);
  const readsGroups = connector.mapping.readsGroups || request.also.includes(groupsPath);
  const grouped = readsGroups ? await withGroups(asking, managed) : managed;
  const profiles = await profilesOf(ledger, connector.id, [...people.keys()]);
  return {
    version: connector.version,
    people: grouped.map(({ id, attributes }) => ({
      person: id,
      label: labelOf({ id, attributes }, connector.source.label),
      attributes,
      targets: Object.fromEntries(
        (profiles.get(id) ?? []).map(({ target, account, values }) => [
          target,
          {
            account: accountOf(account).username,
            values: Object.fromEntries([...values].map(([attribute, { value }]) => [attribute, value])),
            ours: [...values].flatMap(([attribute, { ours }]) => (ours ? [attribute] : [])),
          },
        ]),
      ),
    })),
    paths: readsGroups ? [...paths, groupsPath] : paths,
    rules: Object.fromEntries([...connector.targets].map(([id, { attributes }]) => [id, attributes])),
  };
};

const firstPages = async (
  { connector, call }: Asking,
  paths: readonly AttributePath[],
): Promise<{ readonly listed: readonly SourceUser[]; readonly whole: boolean }> => {
  const listed: SourceUser[] = [];
  let cursor: Cursor | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const { users, end } = await connector.source.readPage(
      cursor === null ? { at: 'start' } : { at: 'cursor', cursor },
      paths,
      call,
    );
    listed.push(...users);
    if (!end.more) return { listed, whole: true };
    cursor = end.cursor;
  }
  return { listed, whole: false };
};

/** As many as wanted, at even distances, without those that are taken already. */
const spread = (
  users: readonly SourceUser[],
  wanted: number,
  taken: ReadonlyMap<SourceId, SourceUser>,
): readonly SourceUser[] => {
  const free = users.filter(({ id }) => !taken.has(id));
  if (free.length <= wanted) return free;
  return Array.from(
    { length: Math.max(0, wanted) },
    (_, index) => free[Math.floor((index * free.length) / wanted)],
  ).filter((user) => user !== undefined);
};

/** Each person with the manager, where the source only names them: found among those listed, a few asked for. */
const withManagers = async (
  asking: Asking,
  people: readonly SourceUser[],
  listed: readonly SourceUser[],
  paths: readonly AttributePath[],
): Promise<readonly SourceUser[]> => {
  const { managers } = asking.connector.source;
  if (managers === null || !paths.some((path) => path.startsWith('manager.'))) return people;
  const found = new Map<string, JsonObject | null>();
  for (const user of listed) for (const name of managers.namesOf(user)) found.set(fold(name), user.attributes);
  let asked = 0;
  const managed: SourceUser[] = [];
  for (const user of people) {
    const key = managers.keyOf(user);
    if (key !== null && !found.has(fold(key)) && asked < mostManagers) {
      asked += 1;
      found.set(fold(key), (await named(asking, key, paths))?.attributes ?? null);
    }
    managed.push(managedBy(user, key === null ? null : (found.get(fold(key)) ?? null)));
  }
  return managed;
};

const fold = (name: string): string => name.toLowerCase();

/** Each person with the groups of the document, whose members are read as a run would. */
const withGroups = async (
  { connector: { source }, call }: Asking,
  people: readonly SourceUser[],
): Promise<readonly SourceUser[]> => {
  const groupsOf = new Map<SourceId, string[]>(people.map(({ id }) => [id, []]));
  for (const group of source.groups) {
    let cursor: Cursor | null = null;
    do {
      const { ids, next }: { ids: readonly SourceId[]; next: Cursor | null } = await source.readMembers(
        group,
        cursor,
        call,
      );
      for (const id of ids) groupsOf.get(id)?.push(group);
      cursor = next;
    } while (cursor !== null);
  }
  return people.map((user) => ({
    ...user,
    attributes: { ...user.attributes, groups: (groupsOf.get(user.id) ?? []).sort() },
  }));
};
