import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import type { JsonObject, SourceUser } from '../../core/values.ts';
import type { Ledger } from '../../ledger/open.ts';
import { storeMapped } from '../../ledger/reading/pages.ts';
import { nextUnmappedPage, peopleOfPage } from '../../ledger/reading/people.ts';
import type { Run } from '../../ledger/runs/runs.ts';
import type { OpenConnector } from '../connector.ts';
import { withGroups } from './groups.ts';
import { workUsers } from './stage.ts';

/** Whether managers have to be found among the people read: the mapping wants them, and the source only names them. */
export const findsManagers = ({ source, mapping }: OpenConnector): boolean =>
  source.managers !== null && mapping.selection.some((path) => path.startsWith('manager.'));

/**
 * Maps the people kept page by page, each with the manager found among all who were read; in an increment a manager who
 * is not among them is asked for. False when `call.deadline` came before the end.
 */
export const mapPages = async (
  ledger: Ledger,
  connector: OpenConnector,
  run: Run,
  positions: Map<string, number>,
  call: Call,
  now: () => number,
): Promise<boolean> => {
  for (;;) {
    const page = await nextUnmappedPage(ledger, run);
    if (page === null) return true;
    if (now() >= call.deadline) return false;
    const asked = new Map<string, JsonObject | null>();
    const users: SourceUser[] = [];
    for (const { user, manager, missing } of await peopleOfPage(ledger, run.id, page.pageNo)) {
      if (missing !== null && run.mode === 'delta' && !asked.has(missing)) {
        asked.set(missing, (await takingPart(connector, missing, call))?.attributes ?? null);
      }
      const found = manager ?? (missing === null ? null : (asked.get(missing) ?? null));
      users.push(managedBy(user, found));
    }
    const grouped = await withGroups(ledger, connector, run.id, users);
    const worked = await workUsers(ledger, connector, grouped, page.readAt, positions, run.mode === 'verify');
    await storeMapped(ledger, run, page.pageNo, worked);
  }
};

/** One person with the manager, who is asked for where the source only names them. */
export const withOwnManager = async (connector: OpenConnector, user: SourceUser, call: Call): Promise<SourceUser> => {
  const key = findsManagers(connector) ? (connector.source.managers?.keyOf(user) ?? null) : null;
  return key === null ? user : managedBy(user, (await takingPart(connector, key, call))?.attributes ?? null);
};

/** One person by a key; null for nobody, for several, and for whom the source's settings leave out. */
export const takingPart = async (connector: OpenConnector, key: string, call: Call): Promise<SourceUser | null> => {
  try {
    return await connector.source.readUser(key, connector.mapping.selection, call);
  } catch (error) {
    if (isFailure(error) && error.kind === 'rejected') return null;
    throw error;
  }
};

const managedBy = (user: SourceUser, manager: JsonObject | null): SourceUser =>
  manager === null ? user : { ...user, attributes: { ...user.attributes, manager } };
