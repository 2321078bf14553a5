import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import type { SourceUser } from '../../core/values.ts';
import type { Ledger } from '../../ledger/open.ts';
import { forgetMembers, groupsOfUsers, lastMemberPage, storeMemberPage } from '../../ledger/reading/members.ts';
import type { Run } from '../../ledger/runs/runs.ts';
import type { OpenConnector } from '../connector.ts';
import { steadily } from '../steadily.ts';

/** How often the listing of one group is begun again when the provider no longer knows the place. */
const maxRestarts = 5;

/**
 * Reads who is in the groups the document names, as ids only, before anybody is mapped: only where the mapping reads
 * `groups`. Goes on behind the last stored page. False when `call.deadline` came before the end.
 */
export const readGroups = async (
  ledger: Ledger,
  connector: OpenConnector,
  run: Run,
  call: Call,
  now: () => number,
): Promise<boolean> => {
  if (!connector.mapping.readsGroups) return true;
  for (const group of connector.source.groups) {
    for (let restarts = 0; ; restarts += 1) {
      try {
        if (!(await readGroup(ledger, connector, run, group, call, now))) return false;
        break;
      } catch (error) {
        if (!isFailure(error) || error.kind !== 'cursorExpired' || restarts >= maxRestarts) throw error;
        await forgetMembers(ledger, run.id, group);
      }
    }
  }
  return true;
};

const readGroup = async (
  ledger: Ledger,
  connector: OpenConnector,
  run: Run,
  group: string,
  call: Call,
  now: () => number,
): Promise<boolean> => {
  let last = await lastMemberPage(ledger, run.id, group);
  while (last === null || last.cursor !== null) {
    if (now() >= call.deadline) return false;
    const cursor: string | null = last?.cursor ?? null;
    const { ids, next } = await steadily(call, () => connector.source.readMembers(group, cursor, call));
    const pageNo: number = last === null ? 0 : last.pageNo + 1;
    await storeMemberPage(ledger, run.id, group, { pageNo, next, ids });
    last = { pageNo, cursor: next };
  }
  return true;
};

/** The people of a page with the groups each is in, as the attribute `groups`. */
export const withGroups = async (
  ledger: Ledger,
  connector: OpenConnector,
  run: string,
  users: readonly SourceUser[],
): Promise<readonly SourceUser[]> => {
  if (!connector.mapping.readsGroups) return users;
  const ids = users.map((user) => user.id);
  const groups = await groupsOfUsers(ledger, run, ids);
  return users.map((user) => inGroups(user, groups.get(user.id) ?? []));
};

/** One person with the groups asked for by id, where the mapping reads them. */
export const withOwnGroups = async (connector: OpenConnector, user: SourceUser, call: Call): Promise<SourceUser> =>
  connector.mapping.readsGroups ? inGroups(user, await connector.source.groupsOf(user.id, call)) : user;

const inGroups = (user: SourceUser, groups: readonly string[]): SourceUser => ({
  ...user,
  attributes: { ...user.attributes, groups: [...groups].sort() },
});
