import type { Accounts } from '../atlassian/accounts.ts';
import type { Visit } from '../atlassian/visit.ts';
import type { SandboxResponse } from '../service.ts';
import type { AccountSeed } from '../world/types.ts';
import { json, part, refuse } from './rest.ts';

const picture = { path: '/images/icons/profilepics/default.svg', width: 48, height: 48, isDefault: true };

/** A user as REST shows one: no mail, and the status only where it is asked for. */
const bean = (account: AccountSeed, { url, query }: Visit['request']) => {
  const expanded = (query.get('expand') ?? '').split(',').includes('status');
  return {
    type: 'known',
    username: account.username,
    userKey: account.key,
    profilePicture: picture,
    displayName: account.displayName,
    ...(expanded ? { status: account.active ? 'current' : 'deactivated' } : {}),
    _links: {
      base: url.origin,
      context: '',
      self: `${url.origin}/rest/api/user?key=${encodeURIComponent(account.key)}`,
    },
    _expandable: expanded ? {} : { status: '' },
  };
};

/** `GET /rest/api/user/current`: who is not signed in is somebody called Anonymous, with status 200. */
export const readCurrent = ({ account, request }: Visit): SandboxResponse =>
  json(
    account === null
      ? { type: 'anonymous', profilePicture: picture, displayName: 'Anonymous', _links: { base: request.url.origin } }
      : bean(account, request),
    { kind: 'login' },
  );

/** One user by key or name. */
export const readUser = (accounts: Accounts, { request }: Visit): SandboxResponse => {
  const key = request.query.get('key');
  const username = request.query.get('username');
  if (key === null && username === null) return refuse(400, 'Either key or username is needed.', 'listing');
  const found = key !== null ? accounts.byKey(key) : accounts.byName(username ?? '');
  if (found === undefined) return refuse(404, 'No user found with the key or name given.', 'listing');
  return json(bean(found, request), { kind: 'listing', account: found.username });
};

/** `GET /rest/api/user/list` (8.4 and later): everybody, the deactivated too. */
export const listUsers = (accounts: Accounts, { request }: Visit): SandboxResponse =>
  part(request, accounts.all(), { limit: 100, most: 200, show: (account) => bean(account, request) });

/** `GET /rest/api/group`. */
export const listGroups = (accounts: Accounts, { request }: Visit): SandboxResponse => {
  const names = new Set(accounts.all().flatMap(({ groups }) => groups));
  return part(request, [...names].sort(), { limit: 200, most: 200, show: (name) => ({ type: 'group', name }) });
};

/** `GET /rest/api/group/{group}/member`. */
export const listMembers = (accounts: Accounts, { request }: Visit, group: string): SandboxResponse => {
  const members = accounts.all().filter(({ groups }) => groups.includes(group));
  if (members.length === 0) return refuse(404, 'There is no group of this name.', 'listing');
  return part(request, members, { limit: 200, most: 200, show: (account) => bean(account, request) });
};
