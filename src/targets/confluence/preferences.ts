import { z } from 'zod';
import { nameOfId, partsOfId } from '../../core/attribute-id.ts';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { AttributeId, Change, Profile, Written } from '../../core/profile.ts';
import type { ProductAnswer, ProductRequest } from '../atlassian/connection.ts';
import { unexpectedFailure } from '../atlassian/failures.ts';
import { accountInactive } from '../atlassian/find-again.ts';
import { readJson } from '../atlassian/json.ts';
import { attempt } from '../atlassian/send-once.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Attempt } from '../kit/attempt.ts';
import { only } from '../kit/weigh.ts';
import { writeEach } from '../kit/write-each.ts';
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

/** Writes the changes whose `before` is still there; "no value" is the empty text, because nothing can be deleted. */
export const writePreferences = (
  session: Session,
  account: Account,
  changes: readonly Change[],
  call: Call,
): Promise<Written> => {
  const attributes = changes.map(({ attribute }) => attribute);
  return writeEach(
    changes,
    {
      atOnce: false,
      look: async () => {
        const { username, active } = await accountToday(session, account, call);
        if (!active) throw accountInactive(session.party);
        return { username, profile: await readAll(session, username, attributes, call) };
      },
      write: async ([change], { username }) => {
        if (change === undefined) throw new Error('there is nothing to write');
        return writeOne(session, username, change, call);
      },
    },
    call,
  );
};

const writeOne = (session: Session, username: string, { attribute, after }: Change, call: Call): Promise<Attempt> =>
  attempt(
    session,
    requestOf('set', [username, keyOf(attribute), after ?? '']),
    (answer) =>
      answerOf(session.party, answer, done) === true
        ? { came: 'answered', status: 'applied' }
        : { came: 'answered', status: 'rejected', reason: refusedByApi },
    call,
  );

const refusedByApi = 'The remote API of Confluence refused this name or value.';

const readAll = async (
  session: Session,
  username: string,
  attributes: readonly AttributeId[],
  call: Call,
): Promise<Profile> => {
  const values = new Map<AttributeId, string>();
  for (const attribute of attributes) {
    const answer = await session.send(requestOf('get', [username, keyOf(attribute)]), call);
    const value = answerOf(session.party, answer, found);
    if (typeof value === 'string') values.set(attribute, value);
    else if (value !== null) throw notReadable(session.party);
  }
  return only(values, attributes);
};

const requestOf = (method: 'get' | 'set', json: readonly string[]): ProductRequest => ({
  method: 'POST',
  route: routeOf(method),
  kind: method === 'get' ? 'read' : 'write',
  json,
  refusable: true,
});

const answerOf = <Body>(party: string, answer: ProductAnswer, schema: z.ZodType<Body>): Body => {
  if (answer.status === 403 || answer.status === 404) throw remoteApiOff(party);
  if (answer.status !== 200) throw unexpectedFailure(party, answer, '200');
  return readJson(answer, schema, party);
};

const keyOf = nameOfId;

/** Whether an attribute is kept as a preference, and not in a field of the profile. */
export const isPreference = (attribute: AttributeId): boolean => partsOfId(attribute).kind === 'userProperty';

const remoteApiOff = (party: string): Failure =>
  new Failure('config', `${party}: the remote API is switched off.`, {
    party,
    unsent: true,
    remedy: 'Enable it under General configuration, Further configuration, or map no userProperty to this target.',
  });

const notReadable = (party: string): Failure =>
  new Failure('forbidden', `${party}: the remote API does not let the service account read a user's preferences.`, {
    party,
    remedy: 'Give it the global permission "Confluence Administrator".',
  });
