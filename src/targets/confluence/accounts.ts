import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import { foldKey, type MatchKey } from '../../core/match.ts';
import { unexpectedFailure } from '../atlassian/answers.ts';
import { readCursor, readJson } from '../atlassian/json.ts';
import type { Session } from '../atlassian/session.ts';
import type { Answer } from '../atlassian/wire.ts';
import type { Account, AccountPage } from '../target.ts';

const user = z.object({
  username: z.string().min(1),
  userKey: z.string().min(1),
  status: z.string().nullish(),
});
type User = z.infer<typeof user>;

const listPage = z.object({
  results: z.array(user),
  size: z.int().min(0),
  _links: z.object({ next: z.string().nullish() }).nullish(),
});
const place = z.object({ start: z.int().min(0) });

const pageSize = 100;

/**
 * Everybody Confluence knows, disabled people too: `GET /rest/api/user/list` (8.4 and later). The listing has no mail
 * address. Only the product's `_links.next` says that more follows; where it leads is counted here, not read from it.
 */
export const accountsPage = async (session: Session, cursor: string | null, call: Call): Promise<AccountPage> => {
  const start = cursor === null ? 0 : readCursor(cursor, place, session.party).start;
  const answer = await session.send(
    {
      method: 'GET',
      route: '/rest/api/user/list',
      kind: 'listing',
      query: { start: String(start), limit: String(pageSize), expand: 'status' },
    },
    call,
  );
  if (answer.status === 404) throw noListing(session.party);
  const { results, _links } = readJson(answer, listPage, session.party);
  const more = _links?.next != null;
  if (more && results.length === 0) throw unexpectedFailure(session.party, answer, 'people or the end of the list');
  const next = more ? JSON.stringify({ start: start + results.length }) : null;
  return { accounts: results.map(toAccount), next };
};

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

/** The service account itself (`GET /rest/api/user/current`). */
export const ownAccount = async (session: Session, call: Call): Promise<Account> => {
  const answer = await session.send({ method: 'GET', route: '/rest/api/user/current', kind: 'login' }, call);
  return toAccount(readJson(answer, user, session.party));
};

const getUser = (session: Session, by: Readonly<Record<string, string>>, call: Call): Promise<Answer> =>
  session.send({ method: 'GET', route: '/rest/api/user', kind: 'listing', query: { ...by, expand: 'status' } }, call);

const toAccount = ({ userKey, username, status }: User): Account => ({
  key: userKey,
  username,
  email: null,
  active: status !== 'deactivated',
});

const noListing = (party: string): Failure =>
  new Failure('config', `${party}: this Confluence version has no list of its users (it came with 8.4).`, {
    party,
    remedy: 'Update Confluence to 8.5 or later.',
  });

const noMail = (party: string): Failure =>
  new Failure('config', `${party}: Confluence lists no mail addresses, so nobody can be found by mail.`, {
    party,
    remedy: 'Match people of this target by username.',
  });
