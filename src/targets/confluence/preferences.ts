import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { AttributeId, Change, ChangeResult, Profile } from '../../core/profile.ts';
import { unexpectedFailure } from '../atlassian/answers.ts';
import { accountInactive } from '../atlassian/find-again.ts';
import { readJson } from '../atlassian/json.ts';
import type { Session } from '../atlassian/session.ts';
import { writeEach } from '../atlassian/write-each.ts';
import { only } from '../kit/weigh.ts';
import type { Account } from '../target.ts';
import { accountToday } from './accounts.ts';

/** JSON-RPC of the remote API: the parameters as one array in the body (`/rpc/json-rpc/confluenceservice-v2/<method>`). */
const routeOf = (method: 'get' | 'set') => `/rpc/json-rpc/confluenceservice-v2/${method}UserPreferenceString`;

const refusal = z.object({ error: z.unknown() });
const found = z.union([refusal, z.string(), z.null()]);
const done = z.union([refusal, z.literal(true)]);

/**
 * User properties of Confluence: preferences of a user, which no page shows; apps and scripts can read them. They go by
 * username, so the account is asked for by its key first.
 */
export const readPreferences = async (
  session: Session,
  account: Account,
  attributes: readonly AttributeId[],
  call: Call,
): Promise<Profile> => {
  const { username } = await accountToday(session, account, call);
  return readAll(session, username, attributes, call);
};

/** Writes the changes whose `before` still stands; "no value" is the empty text, for there is no deleting. */
export const writePreferences = async (
  session: Session,
  account: Account,
  changes: readonly Change[],
  call: Call,
): Promise<readonly ChangeResult[]> => {
  const { username, active } = await accountToday(session, account, call);
  if (!active) throw accountInactive(session.party);
  const attributes = changes.map(({ attribute }) => attribute);
  const held = await readAll(session, username, attributes, call);
  return writeEach(changes, held, (change) => writeOne(session, username, change, call), session.party);
};

const writeOne = async (
  session: Session,
  username: string,
  { attribute, after }: Change,
  call: Call,
): Promise<ChangeResult> => {
  const answered = await ask(session, 'set', [username, keyOf(attribute), after ?? ''], done, call);
  if (answered === true) return { attribute, status: 'applied' };
  return { attribute, status: 'rejected', reason: 'The remote API of Confluence refused this name or value.' };
};

const readAll = async (
  session: Session,
  username: string,
  attributes: readonly AttributeId[],
  call: Call,
): Promise<Profile> => {
  const values = new Map<AttributeId, string>();
  for (const attribute of attributes) {
    const value = await ask(session, 'get', [username, keyOf(attribute)], found, call);
    if (typeof value === 'string') values.set(attribute, value);
    else if (value !== null) throw notReadable(session.party);
  }
  return only(values, attributes);
};

const ask = async <Answer>(
  session: Session,
  method: 'get' | 'set',
  json: readonly string[],
  schema: z.ZodType<Answer>,
  call: Call,
): Promise<Answer> => {
  const kind = method === 'get' ? 'read' : 'write';
  const answer = await session.send({ method: 'POST', route: routeOf(method), kind, json, refusable: true }, call);
  if (answer.status === 403 || answer.status === 404) throw remoteApiOff(session.party);
  if (answer.status !== 200) throw unexpectedFailure(session.party, answer, '200');
  return readJson(answer, schema, session.party);
};

const keyOf = (attribute: AttributeId): string => attribute.slice('userProperty:'.length);

/** Whether an attribute is kept as a preference, and not in a field of the profile. */
export const isPreference = (attribute: AttributeId): boolean => attribute.startsWith('userProperty:');

const remoteApiOff = (party: string): Failure =>
  new Failure('config', `${party}: the remote API is switched off.`, {
    party,
    remedy: 'Switch it on under General configuration, Further configuration, or map no userProperty to this target.',
  });

const notReadable = (party: string): Failure =>
  new Failure('forbidden', `${party}: the remote API does not let the service account read a user's preferences.`, {
    party,
    remedy: 'Give it the global permission "Confluence Administrator".',
  });
