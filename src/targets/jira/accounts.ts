import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import { foldKey, type MatchKey } from '../../core/people/match.ts';
import type { ProductAnswer } from '../atlassian/connection.ts';
import { unexpectedFailure } from '../atlassian/failures.ts';
import { accountGone } from '../atlassian/find-again.ts';
import { readCursor, readJson } from '../atlassian/json.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Account, AccountPage } from '../target.ts';

const user = z.object({
  key: z.string().min(1),
  name: z.string().min(1),
  emailAddress: z.string().nullish(),
  active: z.boolean(),
  deleted: z.boolean().nullish(),
});
type User = z.infer<typeof user>;

/** An int64 in the specification; a number beyond what JSON reads exactly is refused, not rounded. */
const cursorValue = z.union([z.string(), z.int().transform(String)]);
const listPage = z.object({ values: z.array(user), isLast: z.boolean(), nextCursor: cursorValue.nullish() });
const roles = z.array(z.object({ groups: z.array(z.string()) }));
const memberPage = z.object({ values: z.array(user), isLast: z.boolean() });

/** The place in a listing: in `/user/list`, or in the members of the licensed groups one after the other. */
const groupPlace = z.object({ groups: z.array(z.string()).min(1), startAt: z.int().min(0) });
const place = z.union([z.object({ list: z.string() }), groupPlace]);
type GroupPlace = z.infer<typeof groupPlace>;
type Place = z.infer<typeof place>;

const listSize = '1000';
const groupSize = 50;

/**
 * Everybody Jira knows: `GET /rest/api/2/user/list` by cursor (10.3.13 and later, 11); where the version has none
 * (404 or 405), the members of every group that grants a Jira application, inactive ones included. Somebody in two
 * of these groups comes twice.
 */
export const accountsPage = async (session: Session, cursor: string | null, call: Call): Promise<AccountPage> => {
  const at = cursor === null ? null : readCursor(cursor, place, session.party);
  if (at !== null && 'groups' in at) return membersPage(session, at, call);
  const answer = await session.send(
    {
      method: 'GET',
      route: '/rest/api/2/user/list',
      kind: 'listing',
      query: { maxResults: listSize, ...(at === null ? {} : { cursor: at.list }) },
    },
    call,
  );
  if (at === null && (answer.status === 404 || answer.status === 405)) return firstMembersPage(session, call);
  const page = readJson(answer, listPage, session.party);
  if (page.isLast) return toPage(page.values, null, true);
  if (page.nextCursor == null) throw unexpectedFailure(session.party, answer, 'a page with the cursor of the next one');
  return toPage(page.values, { list: page.nextCursor }, true);
};

const firstMembersPage = async (session: Session, call: Call): Promise<AccountPage> => {
  const answer = await session.send({ method: 'GET', route: '/rest/api/2/applicationrole', kind: 'listing' }, call);
  const groups = [...new Set(readJson(answer, roles, session.party).flatMap((role) => role.groups))].sort();
  if (groups.length === 0) throw unexpectedFailure(session.party, answer, 'the groups that grant Jira');
  return membersPage(session, { groups, startAt: 0 }, call);
};

const membersPage = async (session: Session, at: GroupPlace, call: Call): Promise<AccountPage> => {
  const [group = '', ...rest] = at.groups;
  const answer = await session.send(
    {
      method: 'GET',
      route: '/rest/api/2/group/member',
      kind: 'listing',
      query: {
        groupname: group,
        startAt: String(at.startAt),
        maxResults: String(groupSize),
        includeInactiveUsers: 'true',
      },
    },
    call,
  );
  if (answer.status === 404) return toPage([], rest.length === 0 ? null : { groups: rest, startAt: 0 }, false);
  const page = readJson(answer, memberPage, session.party);
  if (!page.isLast && page.values.length === 0) throw unexpectedFailure(session.party, answer, 'members or the end');
  if (!page.isLast) {
    return toPage(page.values, { groups: at.groups, startAt: at.startAt + page.values.length }, false);
  }
  return toPage(page.values, rest.length === 0 ? null : { groups: rest, startAt: 0 }, false);
};

/** The accounts with exactly this username or mail; the product's search also finds parts of names, these are left. */
export const findAccounts = async (session: Session, by: MatchKey, call: Call): Promise<readonly Account[]> => {
  const wanted = foldKey(by.value);
  if (wanted === '') return [];
  const found =
    by.by === 'username' ? await byName(session, by.value.trim(), call) : await search(session, wanted, call);
  return found
    .filter((each) => foldKey((by.by === 'username' ? each.name : each.emailAddress) ?? '') === wanted)
    .flatMap(toAccount);
};

const byName = async (session: Session, username: string, call: Call): Promise<readonly User[]> => {
  const answer = await getUser(session, { username }, call);
  return answer.status === 404 ? [] : [readJson(answer, user, session.party)];
};

const search = async (session: Session, username: string, call: Call): Promise<readonly User[]> => {
  const query = { username, includeInactive: 'true', maxResults: '1000' };
  const answer = await session.send({ method: 'GET', route: '/rest/api/2/user/search', kind: 'listing', query }, call);
  return readJson(answer, z.array(user), session.party);
};

/** The account with this immutable key as it is named today; null when it is gone. */
const accountByKey = async (session: Session, key: string, call: Call): Promise<Account | null> => {
  const answer = await getUser(session, { key }, call);
  if (answer.status === 404) return null;
  return toAccount(readJson(answer, user, session.party))[0] ?? null;
};

/** The account under the name it has today, whoever bears its former one; throws `notFound` when it is gone. */
export const accountToday = async (session: Session, account: Account, call: Call): Promise<Account> => {
  const now = await accountByKey(session, account.key, call);
  if (now === null) throw accountGone(session.party);
  return now;
};

/** The service account itself (`GET /rest/api/2/myself`). */
export const ownAccount = async (session: Session, call: Call): Promise<Account | null> => {
  const answer = await session.send({ method: 'GET', route: '/rest/api/2/myself', kind: 'login' }, call);
  return toAccount(readJson(answer, user, session.party))[0] ?? null;
};

const getUser = (session: Session, query: Readonly<Record<string, string>>, call: Call): Promise<ProductAnswer> =>
  session.send({ method: 'GET', route: '/rest/api/2/user', kind: 'listing', query }, call);

const toPage = (users: readonly User[], next: Place | null, everybody: boolean): AccountPage => ({
  everybody,
  accounts: users.flatMap(toAccount),
  next: next === null ? null : JSON.stringify(next),
});

/** A deleted account stays in some listings; it is nobody's. */
const toAccount = ({ key, name, emailAddress, active, deleted }: User): readonly Account[] =>
  deleted === true
    ? []
    : [{ key, username: name, email: foldKey(emailAddress ?? '') === '' ? null : (emailAddress ?? null), active }];
