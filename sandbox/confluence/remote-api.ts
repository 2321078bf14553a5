import { z } from 'zod';
import type { Accounts } from '../atlassian/accounts.ts';
import type { Visit } from '../atlassian/visit.ts';
import type { JournalNote } from '../journal.ts';
import type { SandboxResponse } from '../service.ts';
import { json } from './rest.ts';

export const remoteApiPath = '/rpc/json-rpc/confluenceservice-v2/';

const keyLength = 200;
const valueLength = 255;

/** Preferences stand among an account's properties under this, apart from the fields of its profile. */
const preference = (key: string): string => `preference:${key}`;

const get = z.tuple([z.string(), z.string()]);
const set = z.tuple([z.string(), z.string(), z.string()]);

/** The error object of JSON-RPC; that it comes with 200 is unverified. */
const failed = (message: string, note: JournalNote = { kind: 'other' }): SandboxResponse =>
  json({ error: { code: 500, message, data: null } }, note);

/** For anybody but oneself the remote API wants an administrator's session, and says so by an exception, not a page. */
const webSudoRequired =
  'com.atlassian.confluence.security.websudo.WebSudoRequiredException: You must be in a WebSudo session to perform this operation.';

const parametersOf = ({ request }: Visit): unknown => {
  try {
    return request.json();
  } catch {
    return undefined;
  }
};

/**
 * The part of the remote API that reads and sets a user's preferences: methods `getUserPreferenceString` and
 * `setUserPreferenceString` as Atlassian's remotable-plugins API lists them, parameters as one JSON array.
 */
export const createRemoteApi =
  (accounts: Accounts) =>
  (visit: Visit, isOn: boolean, isRaised: (visit: Visit) => boolean): SandboxResponse => {
    const { request, account: actor } = visit;
    if (!isOn)
      return {
        status: 403,
        headers: { 'content-type': 'text/html' },
        body: 'Remote API is disabled.',
        note: { kind: 'other' },
      };
    if (request.method !== 'POST') return { status: 405, note: { kind: 'other' } };
    const type = request.headers['content-type'] ?? '';
    if (!type.includes('application/json')) return { status: 415, note: { kind: 'other' } };
    const method = request.path.slice(remoteApiPath.length);
    const given = parametersOf(visit);
    const asked = method === 'setUserPreferenceString' ? set.safeParse(given) : get.safeParse(given);
    if (!['setUserPreferenceString', 'getUserPreferenceString'].includes(method)) return failed('No such method.');
    if (!asked.success) return failed('Wrong parameters.');
    const [username, key, value] = asked.data;
    const account = accounts.byName(username);
    if (actor === null || (!actor.isAdmin && actor !== account)) return failed('NotPermittedException');
    if (actor !== account && !isRaised(visit)) return failed(webSudoRequired);
    if (account === undefined) return failed('InvalidUser: no such user');
    const attribute = preference(key);
    if (value === undefined) {
      const found = account.properties[attribute] ?? null;
      return json(found, { kind: 'read', account: account.username });
    }
    const note: JournalNote = { kind: 'write', account: account.username, attribute };
    if (key === '' || key.length > keyLength || value.length > valueLength) return failed('Could not be stored.', note);
    // The column knows no difference between no text and an empty one.
    if (value === '') delete account.properties[attribute];
    else account.properties[attribute] = value;
    return json(true, { ...note, op: 'set', value });
  };
