import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import { foldKey, type MatchKey } from '../../core/people/match.ts';
import type { ProductAnswer } from '../atlassian/connection.ts';
import { unexpectedFailure } from '../atlassian/failures.ts';
import { accountGone } from '../atlassian/find-again.ts';
import { readCursor, readJson } from '../atlassian/json.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Account, AccountPage } from '../target.ts';

const user = z.object({
  username: z.string().min(1),
  userKey: z.string().min(1),
  status: z.string().nullish(),
});
type User = z.infer<typeof user>;

const links = z.object({ next: z.string().nullish() }).nullish();
const listPage = z.object({ results: z.array(user), _links: links });
const groupPage = z.object({ results: z.array(z.object({ name: z.string().min(1) })), _links: links });
const groupPlace = z.object({ groups: z.array(z.string()).min(1), start: z.int().min(0) });
const place = z.union([groupPlace, z.object({ list: z.int().min(0) })]);
type GroupPlace = z.infer<typeof groupPlace>;
type Place = z.infer<typeof place>;

const pageSize = 100;
const groupSize = 200;

/**
 * Everybody Confluence knows, disabled people too: `GET /rest/api/user/list` (8.4 and later); where the version has
 * none, the members of every group, one group after the other, so that somebody in two groups comes twice. No listing
 * has a mail address. Only the product's `_links.next` says that more follows; where it leads is counted here.
 */
export const accountsPage = async (session: Session, cursor: string | null, call: Call): Promise<AccountPage> => {
  const at = cursor === null ? null : readCursor(cursor, place, session.party);
  if (at !== null && 'groups' in at) return membersPage(session, at, call);
  const start = at?.list ?? 0;
  const query = { start: String(start), limit: String(pageSize), expand: 'status' };
  const answer = await session.send({ method: 'GET', route: '/rest/api/user/list', kind: 'listing', query }, call);
  if (at === null && (answer.status === 404 || answer.status === 405)) return firstMembersPage(session, call);
  const { results, more } = partOf(answer, listPage, session.party);
  return toPage(results, more ? { list: start + results.length } : null, true);
};

const firstMembersPage = async (session: Session, call: Call): Promise<AccountPage> => {
  const groups: string[] = [];
  for (let more = true; more; ) {
    const query = { start: String(groups.length), limit: String(groupSize) };
    const answer = await session.send({ method: 'GET', route: '/rest/api/group', kind: 'listing', query }, call);
    const part = partOf(answer, groupPage, session.party);
    groups.push(...part.results.map(({ name }) => name));
    more = part.more;
  }
  return groups.length === 0 ? toPage([], null, false) : membersPage(session, { groups, start: 0 }, call);
};

const membersPage = async (session: Session, at: GroupPlace, call: Call): Promise<AccountPage> => {
  const [group = '', ...rest] = at.groups;
  const answer = await session.send(
    {
      method: 'GET',
      route: '/rest/api/group/{group}/member',
      kind: 'listing',
      params: { group },
      query: { start: String(at.start), limit: String(groupSize), expand: 'status' },
    },
    call,
  );
  const next = rest.length === 0 ? null : { groups: rest, start: 0 };
  if (answer.status === 404) return toPage([], next, false);
  const { results, more } = partOf(answer, listPage, session.party);
  return toPage(results, more ? { groups: at.groups, start: at.start + results.length } : next, false);
};

/** A part of a list and whether more follows; a part that holds nothing and promises more is refused. */
const partOf = <T>(
  answer: ProductAnswer,
  schema: z.ZodType<{ results: T[]; _links?: { next?: string | null | undefined } | null | undefined }>,
  party: string,
): { readonly results: readonly T[]; readonly more: boolean } => {
  const { results, _links } = readJson(answer, schema, party);
  const more = _links?.next != null;
  if (more && results.length === 0) throw unexpectedFailure(party, answer, 'a part of the list or its end');
  return { results, more };
};

const toPage = (users: readonly User[], next: Place | null, everybody: boolean): AccountPage => ({
  everybody,
  accounts: users.map(toAccount),
  next: next === null ? null : JSON.stringify(next),
});

/** The account with exactly this username; no listing of Confluence finds anybody by mail. */
export const findAccounts = async (session: Session, by: MatchKey, call: Call): Promise<readonly Account[]> => {
  const wanted = foldKey(by.value);
  if (wanted === '') return [];
  if (by.by === 'email') throw noMail(session.party);
  const answer = await getUser(session, { username: by.value.trim() }, call);
  if (answer.status === 404) return [];
  const found = readJson(answer, user, session.party);
  return foldKey(found.username) === wanted ? [toAccount(found)] : [];
};

/** The account with this immutable key as it is named today; null when it is gone. */
export const accountByKey = async (session: Session, key: string, call: Call): Promise<Account | null> => {
  const answer = await getUser(session, { key }, call);
  return answer.status === 404 ? null : toAccount(readJson(answer, user, session.party));
};

/** The account under the name it has today; throws `notFound` when it is gone. */
export const accountToday = async (session: Session, account: Account, call: Call): Promise<Account> => {
  const now = await accountByKey(session, account.key, call);
  if (now === null) throw accountGone(session.party);
  return now;
};

/** The service account itself (`GET /rest/api/user/current`). */
export const ownAccount = async (session: Session, call: Call): Promise<Account> => {
  const answer = await session.send({ method: 'GET', route: '/rest/api/user/current', kind: 'login' }, call);
  return toAccount(readJson(answer, user, session.party));
};

const getUser = (session: Session, by: Readonly<Record<string, string>>, call: Call): Promise<ProductAnswer> =>
  session.send({ method: 'GET', route: '/rest/api/user', kind: 'listing', query: { ...by, expand: 'status' } }, call);

const toAccount = ({ userKey, username, status }: User): Account => ({
  key: userKey,
  username,
  email: null,
  active: status !== 'deactivated',
});

const noMail = (party: string): Failure =>
  new Failure('config', `${party}: Confluence lists no mail addresses, so accounts cannot be found by mail.`, {
    party,
    remedy: 'Match people at this target by username.',
  });
