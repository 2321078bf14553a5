import { z } from 'zod';
import { Failure } from '../../core/failure.ts';
import type { AttributeId, Change, ChangeResult, Profile, Written } from '../../core/profile.ts';
import { accountGone, accountInactive } from '../atlassian/find-again.ts';
import { readJson } from '../atlassian/json.ts';
import { sendUntilTaken } from '../atlassian/send-once.ts';
import type { Answer } from '../atlassian/wire.ts';
import { attemptEnded } from '../kit/attempt.ts';
import { allOf, only, unsentAll } from '../kit/weigh.ts';
import type { Wanted, Work } from '../target.ts';
import { idOf, keyOf, type Store, type StoreTogether } from './store.ts';

const route = '/rest/scriptrunner/latest/custom/attuneUserProperties';

const left = z.object({ key: z.string(), status: z.enum(['notFound', 'inactive']) });
const readOk = z.object({ key: z.string(), status: z.literal('ok'), properties: z.record(z.string(), z.string()) });
const writeOk = z.object({
  key: z.string(),
  status: z.literal('ok'),
  results: z.record(z.string(), z.enum(['applied', 'already', 'moved', 'rejected'])),
});
type Left = z.infer<typeof left>;

/**
 * User Properties through the endpoint script of docs/connectors/jira.md: one POST for a batch of accounts, each named
 * by its immutable key. The script compares with what is there and then writes, so nothing is read before a write.
 */
const together: StoreTogether = {
  size: 50,
  read: async (session, wanted, call) => {
    const json = { read: wanted.map(({ account, attributes }) => ({ key: account.key, keys: attributes.map(keyOf) })) };
    const answer = await session.send({ method: 'POST', route, kind: 'read', json }, call);
    const found = answersOf(answer, wanted, readOk, session.party);
    return found.map((one, index) => (one instanceof Failure ? one : profileOf(one.properties, wanted[index])));
  },
  write: async (session, work, call) => {
    const json = { write: work.map(({ account, changes }) => ({ key: account.key, ...orders(changes) })) };
    const sent = await sendUntilTaken(session, { method: 'POST', route, kind: 'write', json }, call);
    if (sent.came !== 'answered') return work.map(({ changes }) => allOf(changes, sent));
    try {
      const found = answersOf(sent.answer, work, writeOk, session.party);
      return found.map((one, index) => writtenOf(work[index]?.changes ?? [], one, session.party));
    } catch (why) {
      return work.map(({ changes }) => allOf(changes, attemptEnded(why)));
    }
  },
};

/** One account is a batch of one. */
export const scriptRunner: Store = {
  page: null,
  together,
  read: async (session, account, attributes, call) =>
    thrown(theOne(await together.read(session, [{ account, attributes }], call))),
  write: async (session, account, changes, call) => theOne(await together.write(session, [{ account, changes }], call)),
};

const theOne = <Result>([result]: readonly Result[]): Result => {
  if (result === undefined) throw new Error('the batch of one has no result');
  return result;
};

const thrown = (result: Profile | Failure): Profile => {
  if (result instanceof Failure) throw result;
  return result;
};

const profileOf = (properties: Readonly<Record<string, string>>, wanted: Wanted | undefined): Profile =>
  only(new Map(Object.entries(properties).map(([key, value]) => [idOf(key), value])), wanted?.attributes ?? []);

const orders = (changes: readonly Change[]) => ({
  set: Object.fromEntries(
    changes.flatMap(({ attribute, after }) => (after === null ? [] : [[keyOf(attribute), after]])),
  ),
  delete: changes.flatMap(({ attribute, after }) => (after === null ? [keyOf(attribute)] : [])),
  expect: Object.fromEntries(changes.map(({ attribute, before }) => [keyOf(attribute), before])),
});

/** What the script answers for each account, in the order asked. */
const answersOf = <Ok extends { readonly key: string; readonly status: 'ok' }>(
  answer: Answer,
  asked: readonly (Wanted | Work)[],
  ok: z.ZodType<Ok>,
  party: string,
): readonly (Ok | Failure)[] => {
  const answered = z.object({ users: z.array(z.union([ok, left])) });
  if (answer.status === 404) throw noScript(party);
  const { users } = readJson(answer, answered, party);
  const inOrder = users.length === asked.length && users.every(({ key }, index) => key === asked[index]?.account.key);
  if (!inOrder) throw otherAccounts(party, answer);
  return users.map((user) => (isLeft(user) ? failureOf(user, party) : user));
};

const isLeft = (user: { readonly status: string }): user is Left => user.status !== 'ok';

const failureOf = ({ status }: Left, party: string): Failure =>
  status === 'inactive' ? accountInactive(party) : accountGone(party);

const otherAccounts = (party: string, answer: Answer): Failure =>
  new Failure('wrongShape', `${party}: ${answer.request.method} ${route} answered for other accounts than asked.`, {
    party,
    remedy: 'Install the endpoint script of docs/connectors/jira.md in its present form.',
  });

/** One account's part of the answer; a key the script left out may have been written all the same. */
const writtenOf = (changes: readonly Change[], one: z.infer<typeof writeOk> | Failure, party: string): Written => {
  if (one instanceof Failure) return unsentAll(changes, one);
  const results = changes.map(({ attribute }) => toResult(attribute, one.results[keyOf(attribute)]));
  return { results, ended: results.some(({ status }) => status === 'unknown') ? leftOut(party) : null };
};

const toResult = (attribute: AttributeId, status: ChangeResult['status'] | undefined): ChangeResult => {
  if (status === 'rejected') return { attribute, status, reason: 'The endpoint script refused this key or value.' };
  return { attribute, status: status ?? 'unknown' };
};

const leftOut = (party: string): Failure =>
  new Failure('wrongShape', `${party}: the endpoint script left out one of the keys it was given.`, {
    party,
    remedy: 'Install the endpoint script of docs/connectors/jira.md in its present form.',
  });

const noScript = (party: string): Failure =>
  new Failure('config', `${party}: ScriptRunner has no endpoint "attuneUserProperties".`, {
    party,
    unsent: true,
    remedy: 'Add the script of docs/connectors/jira.md as a REST endpoint of ScriptRunner.',
  });
