import type { Accounts } from '../atlassian/accounts.ts';
import type { Visit } from '../atlassian/visit.ts';
import type { SandboxResponse } from '../service.ts';
import type { AccountSeed } from '../world/types.ts';
import { generations, type JiraOptions } from './options.ts';
import { json, numberOf, refuse } from './rest.ts';

const listing = { kind: 'listing' } as const;

const bean = (account: AccountSeed, origin: string) => {
  const avatar = (size: string) =>
    `${origin}/secure/useravatar?size=${size}&ownerId=${encodeURIComponent(account.key)}`;
  return {
    self: `${origin}/rest/api/2/user?username=${encodeURIComponent(account.username)}`,
    key: account.key,
    name: account.username,
    emailAddress: account.email ?? '',
    avatarUrls: {
      '48x48': avatar('large'),
      '24x24': avatar('small'),
      '16x16': avatar('xsmall'),
      '32x32': avatar('medium'),
    },
    displayName: account.displayName,
    active: account.active,
    deleted: false,
    timeZone: 'Europe/Berlin',
    locale: 'en_US',
  };
};

/** One user by name or key, and oneself. */
export const readUser = (accounts: Accounts, { request }: Visit): SandboxResponse => {
  const { query, url } = request;
  const key = query.get('key');
  const name = query.get('username');
  if (key === null && name === null) return refuse(400, 'Either the username or the key must be given.', listing);
  const found = key !== null ? accounts.byKey(key) : accounts.byName(name ?? '');
  if (found === undefined)
    return refuse(404, `The user with the ${key === null ? 'name' : 'key'} given does not exist.`, listing);
  return json(bean(found, url.origin), { kind: 'listing', account: found.username });
};

/** The signed-in user. */
export const readMyself = (account: AccountSeed, { request }: Visit): SandboxResponse =>
  json(bean(account, request.url.origin), { kind: 'login' });

const fits = ({ username, displayName, email }: AccountSeed, text: string): boolean =>
  text === '.' ||
  [username, displayName, email ?? ''].some((each) =>
    each
      .toLowerCase()
      .split(/[\s@.]+/)
      .some((word) => word.startsWith(text)),
  ) ||
  [username, email ?? ''].some((each) => each.toLowerCase().startsWith(text));

/** `GET /rest/api/2/user/search`: a bare array; since 10.0 it ends after 100 results in total. */
export const searchUsers = (accounts: Accounts, { request }: Visit, { profile }: JiraOptions): SandboxResponse => {
  const { query, url } = request;
  const text = query.get('username')?.toLowerCase() ?? '';
  if (text === '') return refuse(400, 'The username query parameter was not provided.', listing);
  const inactive = query.get('includeInactive') === 'true';
  const active = query.get('includeActive') !== 'false';
  const startAt = numberOf(query, 'startAt', 0);
  const found = accounts
    .all()
    .filter((account) => (account.active ? active : inactive) && fits(account, text))
    .slice(0, generations[profile].searchCap)
    .slice(startAt, startAt + Math.min(numberOf(query, 'maxResults', 50), 1000));
  return json(
    found.map((account) => bean(account, url.origin)),
    listing,
  );
};

/** Cursors are int64; a place no page begins with is where the list begins again (the specification knows no 404). */
const cursorBase = 7_000_000_000;
const positionOf = (cursor: string | null): number => {
  const position = Number(cursor ?? cursorBase) - cursorBase;
  return Number.isSafeInteger(position) && position >= 0 ? position : 0;
};

/** `GET /rest/api/2/user/list`: everybody by cursor, in no promised order. */
export const listUsers = (
  accounts: Accounts,
  { request }: Visit,
  { cursorAs }: Pick<JiraOptions, 'cursorAs'>,
): SandboxResponse => {
  const { query, url } = request;
  if (!/^\d{0,19}$/.test(query.get('cursor') ?? '')) return refuse(400, 'The cursor must be a number.', listing);
  const all = accounts.all();
  const maxResults = Math.max(1, Math.min(numberOf(query, 'maxResults', 2000), 2000));
  const from = positionOf(query.get('cursor'));
  const page = all.slice(from, from + maxResults);
  const isLast = from + maxResults >= all.length;
  const place = cursorBase + from + maxResults;
  const nextCursor = cursorAs === 'number' ? place : String(place);
  const self = `${url.origin}/rest/api/2/user/list`;
  const next = isLast ? {} : { nextCursor, nextPage: `${self}?maxResults=${maxResults}&cursor=${nextCursor}` };
  return json({ self, maxResults, isLast, ...next, values: page.map((each) => bean(each, url.origin)) }, listing);
};

const membersPerPage = 50;

/** `GET /rest/api/2/group/member`: 50 a page at most, for administrators. */
export const listMembers = (accounts: Accounts, { request }: Visit): SandboxResponse => {
  const { query, url } = request;
  const group = query.get('groupname') ?? '';
  const all = accounts.all().filter(({ groups }) => groups.includes(group));
  if (all.length === 0) return refuse(404, 'Group does not exist.', listing);
  const inactive = query.get('includeInactiveUsers') === 'true';
  const members = all.filter(({ active }) => active || inactive);
  const startAt = numberOf(query, 'startAt', 0);
  const maxResults = Math.min(numberOf(query, 'maxResults', membersPerPage), membersPerPage);
  const values = members.slice(startAt, startAt + maxResults).map((each) => bean(each, url.origin));
  const isLast = startAt + maxResults >= members.length;
  return json({ self: url.href, maxResults, startAt, total: members.length, isLast, values }, listing);
};

/** `GET /rest/api/2/applicationrole`: the groups that grant Jira. */
export const listRoles = (): SandboxResponse =>
  json(
    [
      {
        key: 'jira-software',
        name: 'Jira Software',
        groups: ['jira-administrators', 'jira-software-users'],
        defaultGroups: ['jira-software-users'],
        selectedByDefault: true,
        defined: true,
      },
    ],
    listing,
  );
