import { isFailure } from '../../core/failure.ts';
import type { SourceUser } from '../../core/values.ts';
import { forgetMembers, groupsOfUsers, lastMemberPage, storeMemberPage } from '../../ledger/reading/members.ts';
import { retryUnanswered } from '../retry-unanswered.ts';
import { type Asking, sliceOf, type Work } from '../work.ts';

/** How often the listing of one group is begun again when the provider no longer knows the place. */
const maxRestarts = 5;

/**
 * Reads who is in the groups the document names, as ids only, before anybody is mapped: only where the mapping reads
 * `groups`. Continues after the last stored page. False when `call.deadline` came before the end.
 */
export const readGroups = async (work: Work): Promise<boolean> => {
  const { ledger, connector, run } = work;
  if (!connector.mapping.readsGroups) return true;
  const isOver = sliceOf(work);
  for (const group of connector.source.groups) {
    for (let restarts = 0; ; restarts += 1) {
      try {
        if (!(await readGroup(work, group, isOver))) return false;
        break;
      } catch (error) {
        if (!isFailure(error) || error.kind !== 'cursorExpired' || restarts >= maxRestarts) throw error;
        await forgetMembers(ledger, run.id, group);
      }
    }
  }
  return true;
};

const readGroup = async (work: Work, group: string, isOver: () => boolean): Promise<boolean> => {
  const { ledger, connector, run, call } = work;
  let last = await lastMemberPage(ledger, run.id, group);
  while (last === null || last.cursor !== null) {
    if (isOver()) return false;
    const cursor: string | null = last?.cursor ?? null;
    const { ids, next } = await retryUnanswered(call, () => connector.source.readMembers(group, cursor, call));
    const pageNo: number = last === null ? 0 : last.pageNo + 1;
    await storeMemberPage(ledger, run.id, group, { pageNo, next, ids });
    last = { pageNo, cursor: next };
  }
  return true;
};

/** The people of a page with the groups each is in, as the attribute `groups`. */
export const withGroups = async (
  { ledger, connector, run }: Work,
  users: readonly SourceUser[],
): Promise<readonly SourceUser[]> => {
  if (!connector.mapping.readsGroups) return users;
  const ids = users.map((user) => user.id);
  const groups = await groupsOfUsers(ledger, run.id, ids);
  return users.map((user) => inGroups(user, groups.get(user.id) ?? []));
};

/** One person with the groups asked for by id, where the mapping reads them. */
export const withOwnGroups = async ({ connector, call }: Asking, user: SourceUser): Promise<SourceUser> =>
  connector.mapping.readsGroups ? inGroups(user, await connector.source.groupsOf(user.id, call)) : user;

const inGroups = (user: SourceUser, groups: readonly string[]): SourceUser => ({
  ...user,
  attributes: { ...user.attributes, groups: [...groups].sort() },
});
