import type { SourceUser } from '../../core/values.ts';
import { changedReads } from '../../ledger/reading/last-read.ts';
import type { TakenPeople } from '../../ledger/reading/pages.ts';
import type { Work } from '../work.ts';
import { withGroups } from './groups.ts';
import { findsManagers } from './managers.ts';
import { type Reading, stageUsers } from './stage.ts';

/**
 * Maps the people of a page at once, or keeps them until everybody is read, because managers are among the others, and
 * among the bystanders.
 */
export const keepOrStage = async (
  work: Work,
  found: readonly SourceUser[],
  bystanders: readonly SourceUser[],
  reading: Reading,
): Promise<TakenPeople> => {
  const { managers } = work.connector.source;
  if (managers !== null && findsManagers(work)) {
    const named = (user: SourceUser) => ({ user, manager: managers.keyOf(user), names: managers.namesOf(user) });
    return { mapped: false, people: found.map(named), bystanders: bystanders.map(named) };
  }
  const users = await withGroups(work, found);
  // In this order: what the targets hold is asked of the ledger while everybody is digested as read.
  const [staged, reads] = await Promise.all([
    stageUsers(work, users, reading),
    changedReads(work.ledger, work.run, users, reading.read),
  ]);
  return { mapped: true, ...staged, reads };
};
