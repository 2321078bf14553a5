import type { Accounts } from '../atlassian/accounts.ts';
import type { Visit } from '../atlassian/visit.ts';
import type { JournalNote } from '../journal.ts';
import type { SandboxResponse } from '../service.ts';
import type { AccountSeed } from '../world/types.ts';
import { empty, json, refuse } from './rest.ts';

const base = '/rest/api/2/user/properties';
const keyBytes = 255;
const valueBytes = 32_768;

const parseValue = (body: Buffer): { value: unknown } | null => {
  try {
    return { value: JSON.parse(body.toString('utf8')) };
  } catch {
    return null;
  }
};

/**
 * Entity properties of users (specification of Jira 10.3 and 11.3): a store of its own, which the pages of User
 * Properties do not show. PUT takes the bare JSON value; 201 makes, 200 changes.
 */
export const createEntityProperties = (accounts: Accounts) => {
  const stores = new Map<string, Map<string, unknown>>();
  const storeOf = (account: AccountSeed) => {
    const store = stores.get(account.key) ?? new Map<string, unknown>();
    stores.set(account.key, store);
    return store;
  };
  const put = (account: AccountSeed, key: string, { request }: Visit): SandboxResponse => {
    const note: JournalNote = { kind: 'write', account: account.username, attribute: key };
    const type = request.headers['content-type'] ?? '';
    if (!type.includes('application/json')) return refuse(415, 'Unsupported Media Type', note);
    if (Buffer.byteLength(key) > keyBytes)
      return refuse(400, 'The property key cannot be longer than 255 bytes.', note);
    if (request.body.length > valueBytes)
      return refuse(400, 'The property value cannot be longer than 32768 bytes.', note);
    const sent = parseValue(request.body);
    if (sent === null) return refuse(400, 'The property value has to be valid JSON and cannot be empty.', note);
    const store = storeOf(account);
    const op = store.has(key) ? 'update' : 'add';
    store.set(key, sent.value);
    const value = typeof sent.value === 'string' ? sent.value : request.body.toString('utf8');
    return empty(op === 'add' ? 201 : 200, { ...note, op, value });
  };
  return {
    stores: () => Object.fromEntries([...stores].map(([key, store]) => [key, Object.fromEntries(store)])),
    answer(visit: Visit, actor: AccountSeed): SandboxResponse {
      const { request } = visit;
      const userKey = request.query.get('userKey');
      const username = request.query.get('username');
      if (userKey === null && username === null)
        return refuse(400, 'Either the username or the userKey must be given.');
      const account = userKey !== null ? accounts.byKey(userKey) : accounts.byName(username ?? '');
      if (account === undefined) return refuse(404, 'The user does not exist.');
      if (!actor.isAdmin && actor !== account) return refuse(403, 'You may not see or edit this user.');
      const self = `${request.url.origin}${base}`;
      if (request.path === base) {
        const keys = [...storeOf(account).keys()].map((key) => ({ key, self: `${self}/${encodeURIComponent(key)}` }));
        return json({ keys }, { kind: 'read', account: account.username });
      }
      // Tomcat refuses encoded slashes before Jira sees the request.
      if (/%2f|%5c/i.test(request.path)) return { status: 400, body: 'Bad Request', note: { kind: 'other' } };
      const key = decodeURIComponent(request.path.slice(base.length + 1));
      if (request.method === 'PUT') return put(account, key, visit);
      const store = storeOf(account);
      if (!store.has(key)) return refuse(404, 'The property with the given key does not exist.');
      if (request.method === 'DELETE') {
        store.delete(key);
        return empty(204, { kind: 'write', account: account.username, attribute: key, op: 'delete', value: null });
      }
      return json({ key, value: store.get(key) }, { kind: 'read', account: account.username });
    },
  };
};
