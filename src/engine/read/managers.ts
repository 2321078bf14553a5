import { isFailure } from '../../core/failure.ts';
import type { AttributePath, JsonObject, SourceUser } from '../../core/values.ts';
import { changedReads } from '../../ledger/reading/last-read.ts';
import { storeMapped } from '../../ledger/reading/pages.ts';
import { nextUnmappedPage, peopleOfPage } from '../../ledger/reading/people.ts';
import { type Asking, sliceOf, type Work } from '../work.ts';
import { withGroups } from './groups.ts';
import { stageUsers } from './stage.ts';

/** Whether managers have to be found among the people read: the mapping wants them, and the source only names them. */
export const findsManagers = ({ connector: { source, mapping } }: Pick<Asking, 'connector'>): boolean =>
  source.managers !== null && mapping.selection.some((path) => path.startsWith('manager.'));

/**
 * Maps the people kept page by page, each with the manager found among all who were read; in an increment a manager who
 * is not among them is asked for. False when `call.deadline` came before the end.
 */
export const mapPages = async (work: Work, positions: Map<string, number>): Promise<boolean> => {
  const { ledger, run } = work;
  const isOver = sliceOf(work);
  for (;;) {
    const page = await nextUnmappedPage(ledger, run);
    if (page === null) return true;
    if (isOver()) return false;
    const asked = new Map<string, JsonObject | null>();
    const users: SourceUser[] = [];
    for (const { user, manager, missing } of await peopleOfPage(ledger, run.id, page.pageNo)) {
      if (missing !== null && run.mode === 'delta' && !asked.has(missing)) {
        asked.set(missing, (await named(work, missing))?.attributes ?? null);
      }
      const found = manager ?? (missing === null ? null : (asked.get(missing) ?? null));
      users.push(managedBy(user, found));
    }
    const grouped = await withGroups(work, users);
    const mapped = await stageUsers(work, grouped, { read: page.read, positions, counted: new Set() });
    const reads = await changedReads(ledger, run, grouped, page.read);
    await storeMapped(ledger, run, page.pageNo, { ...mapped, reads });
  }
};

/** One person with the manager, who is asked for where the source only names them. */
export const withOwnManager = async (asking: Asking, user: SourceUser): Promise<SourceUser> => {
  const key = findsManagers(asking) ? (asking.connector.source.managers?.keyOf(user) ?? null) : null;
  return key === null ? user : managedBy(user, (await named(asking, key))?.attributes ?? null);
};

/** One person by a key; null for nobody, for several, and for people excluded by the source's settings. */
export const takingPart = (
  asking: Asking,
  key: string,
  select?: readonly AttributePath[],
): Promise<SourceUser | null> => oneOrNobody(asking, key, select, false);

/** Somebody named as manager, whether they take part or not; null for nobody and for several. */
export const named = (asking: Asking, key: string, select?: readonly AttributePath[]): Promise<SourceUser | null> =>
  oneOrNobody(asking, key, select, true);

const oneOrNobody = async (
  { connector, call }: Asking,
  key: string,
  select: readonly AttributePath[] = connector.mapping.selection,
  whoever: boolean,
): Promise<SourceUser | null> => {
  try {
    return await connector.source.readUser(key, select, call, whoever);
  } catch (error) {
    if (isFailure(error) && error.kind === 'rejected') return null;
    throw error;
  }
};

/** A person with this manager. */
export const managedBy = (user: SourceUser, manager: JsonObject | null): SourceUser =>
  manager === null ? user : { ...user, attributes: { ...user.attributes, manager } };
