import type { Call } from '../core/call.ts';
import type { CheckLine } from '../core/check-line.ts';
import { isFailure } from '../core/failure.ts';
import type { AttributeId } from '../core/profile.ts';
import type { ReadSecret } from '../core/secret.ts';
import type { Json, JsonObject } from '../core/values.ts';
import { sourceDefinitions } from '../sources/index.ts';
import type { IdentitySource } from '../sources/source.ts';
import { targetDefinitions } from '../targets/index.ts';
import type { Account, Target } from '../targets/target.ts';

/** Settings as a document has them. */
export type Settings = { readonly kind: string; readonly [name: string]: unknown };

/** A directory and its targets, opened without a server; `login` is the path people sign in by. */
export type Connections = {
  readonly source: IdentitySource;
  readonly targets: ReadonlyMap<string, Target>;
  readonly close: () => Promise<void>;
};

/** How long looking at everything may take. */
const withinMs = 120_000;

const call = (): Call => ({
  signal: AbortSignal.timeout(withinMs),
  deadline: Date.now() + withinMs,
  count: () => undefined,
});

/** Opens a directory and targets by their settings. Nothing is asked of them yet. */
export const openConnections = (
  source: Settings,
  targets: Readonly<Record<string, Settings>>,
  secret: ReadSecret,
): Connections => {
  const definition = sourceDefinitions.get(source.kind);
  if (definition === undefined) throw new Error(`there is no source of kind ${source.kind}`);
  const opened = new Map(
    Object.entries(targets).map(([name, settings]) => {
      const target = targetDefinitions.get(settings.kind);
      if (target === undefined) throw new Error(`there is no target of kind ${settings.kind}`);
      return [name, target.open(settings, { secret })] as const;
    }),
  );
  return {
    source: definition.open(source, { secret }),
    targets: opened,
    close: async () => {
      for (const target of opened.values()) await target.close().catch(() => undefined);
    },
  };
};

/** Looks at the directory and at each target, and writes nothing. */
export const checkConnections = async ({
  source,
  targets,
}: Connections): Promise<ReadonlyMap<string, readonly CheckLine[]>> => {
  const checked = new Map<string, readonly CheckLine[]>([['directory', [await checkSource(source)]]]);
  for (const [name, target] of targets) {
    const lines: CheckLine[] = [];
    for await (const line of target.examine(null, call())) lines.push(line);
    checked.set(name, lines);
  }
  return checked;
};

const checkSource = async (source: IdentitySource): Promise<CheckLine> => {
  try {
    await source.check(call());
    return { what: 'sign-in and permissions', ok: true, found: 'people can be read' };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { remedy } = error.facts;
    return {
      what: 'sign-in and permissions',
      ok: false,
      found: error.message,
      ...(remedy === undefined ? {} : { remedy }),
    };
  }
};

/** A row that would fit: the attribute, where its value would come from, and why. */
export type Proposal = { readonly attribute: AttributeId; readonly from: string; readonly why: string };

/** How many accounts of a target are looked at, and how many of them must agree before a value says anything. */
const looked = 40;
const enough = 5;
const equalFrom = 0.6;

/** What attributes are called at targets, and what directories call the same. */
const usual: readonly (readonly [name: string, field: string | null, paths: readonly string[]])[] = [
  ['Company', null, ['companyName', 'profile.organization', 'organizations[primary].name']],
  ['Department', 'department', ['department', 'profile.department', 'organizations[primary].department']],
  ['Job title', 'position', ['jobTitle', 'profile.title', 'organizations[primary].title']],
  ['Phone', 'phone', ['mobilePhone', 'profile.mobilePhone', "phones[type='work'].value"]],
  ['Location', 'location', ['city', 'profile.city', 'officeLocation', 'addresses.locality']],
  ['Employee ID', null, ['employeeId', 'profile.employeeNumber']],
  ['Cost center', null, ['profile.costCenter', 'organizations[primary].costCenter']],
];

type Person = { readonly attributes: JsonObject; readonly leaves: ReadonlyMap<string, string> };

/** Looks at some people of the directory and at their accounts, and proposes rows for each target by names and values. */
export const proposeRows = async (
  { source, targets }: Connections,
  loginOf: (attributes: JsonObject) => string | null,
): Promise<ReadonlyMap<string, readonly Proposal[]>> => {
  const offered = await source.attributes(call());
  const { users } = await source.readPage(
    { at: 'start' },
    offered.map(({ path }) => path),
    call(),
  );
  const people = new Map<string, Person>();
  for (const { attributes } of users) {
    const login = loginOf(attributes);
    if (login !== null) people.set(login.toLowerCase(), { attributes, leaves: new Map(leavesOf(attributes)) });
  }
  const filled = new Set([...people.values()].flatMap(({ leaves }) => [...leaves.keys()]));
  const proposals = new Map<string, readonly Proposal[]>();
  for (const [name, target] of targets) proposals.set(name, await proposalsAt(target, people, filled));
  return proposals;
};

const proposalsAt = async (
  target: Target,
  people: ReadonlyMap<string, Person>,
  filled: ReadonlySet<string>,
): Promise<readonly Proposal[]> => {
  const fields = new Set(Object.keys(target.attributes.fields));
  const free = target.attributes.userProperty !== null;
  const wanted = usual.flatMap(([name, field, paths]): { attribute: AttributeId; paths: readonly string[] }[] => {
    if (field !== null && fields.has(field)) return [{ attribute: `field:${field}`, paths }];
    return free && fields.size === 0 ? [{ attribute: `userProperty:${name}`, paths }] : [];
  });
  const held = await heldBy(
    target,
    people,
    wanted.map(({ attribute }) => attribute),
  );
  return wanted.flatMap(({ attribute, paths }) => {
    const byValue = likeliest(held.get(attribute) ?? []);
    if (byValue !== null) return [{ attribute, ...byValue }];
    const from = paths.find((path) => filled.has(path));
    return from === undefined ? [] : [{ attribute, from, why: 'same name' }];
  });
};

type Seen = { readonly value: string; readonly person: Person };

/** What accounts hold today, beside the people of the same username. */
const heldBy = async (
  target: Target,
  people: ReadonlyMap<string, Person>,
  attributes: readonly AttributeId[],
): Promise<ReadonlyMap<AttributeId, readonly Seen[]>> => {
  const held = new Map<AttributeId, Seen[]>();
  const { accounts } = await target.accountsPage(null, call());
  const known = accounts.flatMap((account: Account) => {
    const person = people.get(account.username.toLowerCase());
    return account.active && person !== undefined ? [{ account, person }] : [];
  });
  for (const { account, person } of known.slice(0, looked)) {
    const profile = await target.readProfile(account, attributes, call()).catch((error: unknown) => {
      if (isFailure(error)) return new Map<AttributeId, string>();
      throw error;
    });
    for (const [attribute, value] of profile) held.set(attribute, [...(held.get(attribute) ?? []), { value, person }]);
  }
  return held;
};

/** The path whose values most accounts hold already; null where too few agree. */
const likeliest = (seen: readonly Seen[]): { readonly from: string; readonly why: string } | null => {
  if (seen.length < enough) return null;
  const equal = new Map<string, number>();
  for (const { value, person } of seen) {
    for (const [path, own] of person.leaves) if (own === value) equal.set(path, (equal.get(path) ?? 0) + 1);
  }
  const [best] = [...equal].sort((a, b) => b[1] - a[1]);
  if (best === undefined || best[1] / seen.length < equalFrom) return null;
  return { from: best[0], why: `equals what ${Math.round((best[1] / seen.length) * 100)} % of accounts hold now` };
};

/** Every path of plain names with a text, as an expression names it. */
const leavesOf = (value: Json, path = ''): readonly (readonly [string, string])[] => {
  if (typeof value === 'string') return value === '' ? [] : [[path, value]];
  if (typeof value !== 'object' || value === null || isList(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    /^[A-Za-z_]\w*$/.test(name) ? leavesOf(inner, path === '' ? name : `${path}.${name}`) : [],
  );
};

const isList = (value: object): value is readonly Json[] => Array.isArray(value);
