import type { SourceUser } from '../../core/values.ts';
import type { Ledger } from '../../ledger/open.ts';
import type { TakenPeople } from '../../ledger/reading/pages.ts';
import type { Run } from '../../ledger/runs/runs.ts';
import type { OpenConnector } from '../connector.ts';
import { withGroups } from './groups.ts';
import { findsManagers } from './managers.ts';
import { workUsers } from './stage.ts';

/** Maps the people of a page at once, or keeps them until everybody is read, because managers are among the others. */
export const takePage = async (
  ledger: Ledger,
  connector: OpenConnector,
  run: Run,
  page: { readonly users: readonly SourceUser[]; readonly readAt: Date; readonly positions: Map<string, number> },
): Promise<TakenPeople> => {
  const { managers } = connector.source;
  if (managers !== null && findsManagers(connector)) {
    const people = page.users.map((user) => ({
      user,
      manager: managers.keyOf(user),
      names: managers.namesOf(user),
    }));
    return { mapped: false, people };
  }
  const users = await withGroups(ledger, connector, run.id, page.users);
  const worked = await workUsers(ledger, connector, users, page.readAt, page.positions, run.mode === 'verify');
  return { mapped: true, ...worked };
};
