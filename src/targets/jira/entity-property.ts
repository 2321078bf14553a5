import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import type { AttributeId, Change, Profile, Written } from '../../core/profile.ts';
import type { ProductAnswer, ProductRequest } from '../atlassian/connection.ts';
import { unexpectedFailure } from '../atlassian/failures.ts';
import { accountGone } from '../atlassian/find-again.ts';
import { readJson } from '../atlassian/json.ts';
import { protectedAccount } from '../atlassian/open-page.ts';
import { attempt } from '../atlassian/send-once.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Attempt } from '../kit/attempt.ts';
import { requestsOneByOne } from '../kit/requests.ts';
import { writeEach } from '../kit/write-each.ts';
import type { Account } from '../target.ts';
import { keyOf, type Store } from './store.ts';

const keys = z.object({ keys: z.array(z.object({ key: z.string() })) });
const property = z.object({ value: z.unknown() });

const allRoute = '/rest/api/2/user/properties';
const oneRoute = '/rest/api/2/user/properties/{key}';
const valueBytes = 32_768;

/**
 * Entity properties of a user (`/rest/api/2/user/properties`, REST, by immutable key): apps, automation and scripts
 * see them, no screen of Jira does. The list of keys comes first, because "no such key" and "no such user" are both
 * 404 afterwards.
 */
export const entityProperty: Store = {
  page: null,
  over: (session) => ({
    together: null,
    readProfile: (account, attributes, call) => readAll(session, account, attributes, call),
    applyChanges: (account, changes, call) => writeAll(session, account, changes, call),
  }),
  // The list of keys, and each value that is there.
  requests: (readBack) =>
    requestsOneByOne(
      {
        reads: ({ held }) => 1 + held,
        writes: ({ properties }) => properties,
        readBack: ({ properties, cleared }) => 1 + properties - cleared,
      },
      readBack,
    ),
};

const readAll = async (
  session: Session,
  account: Account,
  attributes: readonly AttributeId[],
  call: Call,
): Promise<Profile> => {
  const answer = await session.send(
    { method: 'GET', route: allRoute, kind: 'read', query: { userKey: account.key } },
    call,
  );
  if (answer.status === 404) throw accountGone(session.party);
  const present = new Set(readJson(answer, keys, session.party).keys.map(({ key }) => key));
  const values = new Map<AttributeId, string>();
  for (const attribute of attributes.filter((each) => present.has(keyOf(each)))) {
    const value = await readOne(session, account, attribute, call);
    if (value !== null) values.set(attribute, value);
  }
  return values;
};

const writeAll = (session: Session, account: Account, changes: readonly Change[], call: Call): Promise<Written> => {
  const attributes = changes.map(({ attribute }) => attribute);
  return writeEach(
    changes,
    {
      atOnce: false,
      look: async () => ({ profile: await readAll(session, account, attributes, call) }),
      write: async ([change]) => {
        if (change === undefined) throw new Error('there is nothing to write');
        return writeOne(session, account, change, call);
      },
    },
    call,
  );
};

const readOne = async (
  session: Session,
  account: Account,
  attribute: AttributeId,
  call: Call,
): Promise<string | null> => {
  const answer = await session.send({ ...one(account, attribute), method: 'GET', kind: 'read' }, call);
  if (answer.status === 404) return null;
  const { value } = readJson(answer, property, session.party);
  return asText(value);
};

/** Others may keep any JSON under a key; it is compared and shown as JSON text. */
const asText = (value: unknown): string | null => {
  if (value === null || value === undefined || value === '') return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const writeOne = async (session: Session, account: Account, change: Change, call: Call): Promise<Attempt> => {
  const { attribute, after } = change;
  if (after !== null && Buffer.byteLength(JSON.stringify(after)) > valueBytes) {
    return { came: 'answered', status: 'rejected', reason: 'The value is longer than 32768 bytes as JSON.' };
  }
  const request: ProductRequest = { ...one(account, attribute), method: 'PUT', kind: 'write', refusable: true };
  return attempt(
    session,
    after === null ? { ...request, method: 'DELETE' } : { ...request, json: after },
    (answer) => meaning(session.party, answer, after),
    call,
  );
};

const meaning = (party: string, answer: ProductAnswer, after: string | null): Attempt => {
  if (answer.status === 200 || answer.status === 201 || answer.status === 204) {
    return { came: 'answered', status: 'applied' };
  }
  if (answer.status === 404 && after === null) return { came: 'answered', status: 'already' };
  if (answer.status === 404) return { came: 'unsent', why: accountGone(party) };
  if (answer.status === 400) return { came: 'answered', status: 'rejected', reason: 'Jira refused this key or value.' };
  if (answer.status === 403) return { came: 'outOfReach', why: protectedAccount(party) };
  throw unexpectedFailure(party, answer, '200, 201 or 204');
};

const one = (account: Account, attribute: AttributeId) => ({
  route: oneRoute,
  params: { key: keyOf(attribute) },
  query: { userKey: account.key },
});
