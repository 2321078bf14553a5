import { z } from 'zod';
import { Failure } from '../../core/failure.ts';
import type { CountRequests } from '../../core/plan/requests.ts';
import type { AttributeId, Change, ChangeResult, Profile, Written } from '../../core/profile.ts';
import { attemptEnded } from '../kit/attempt.ts';
import type { Bare } from '../kit/guarded.ts';
import { requestsTogether } from '../kit/requests.ts';
import { allOf, only, unsentAll } from '../kit/weigh.ts';
import type { Together, Wanted, Work } from '../target.ts';
import type { ProductAnswer } from './connection.ts';
import { accountGone, accountInactive } from './find-again.ts';
import { readJson } from './json.ts';
import { sendUntilTaken } from './send-once.ts';
import type { Session } from './sign-in/session.ts';

const left = z.object({ key: z.string(), status: z.enum(['notFound', 'inactive']) });
const readOk = z.object({ key: z.string(), status: z.literal('ok'), properties: z.record(z.string(), z.string()) });
const writeOk = z.object({
  key: z.string(),
  status: z.literal('ok'),
  results: z.record(z.string(), z.enum(['applied', 'already', 'moved', 'rejected'])),
});
type Left = z.infer<typeof left>;

/** An endpoint script that a customer adds to ScriptRunner: its name, the page that publishes it, and its names of attributes. */
export type EndpointScript = {
  readonly name: string;
  readonly page: string;
  readonly nameOf: (attribute: AttributeId) => string;
  readonly idOf: (name: string) => AttributeId;
};

const mostAtOnce = 50;

/** What an endpoint script is sent for a plan: nothing is read before a write. */
export const scriptRequests = (readBack: number): CountRequests => requestsTogether(mostAtOnce, readBack);

/**
 * Accounts through an endpoint script: one POST for a batch of them, each named by its immutable key. The script compares
 * with what is there and then writes, so nothing is read before a write, and a repeat is safe. One account is a batch of
 * one.
 */
export const throughScript = (session: Session, script: EndpointScript): Bare => {
  const { nameOf } = script;
  const route = `/rest/scriptrunner/latest/custom/${script.name}`;
  const together: Together = {
    size: mostAtOnce,
    readProfiles: async (wanted, call) => {
      const json = {
        read: wanted.map(({ account, attributes }) => ({ key: account.key, keys: attributes.map(nameOf) })),
      };
      const answer = await session.send({ method: 'POST', route, kind: 'read', json }, call);
      const found = answersOf(script, answer, wanted, readOk, session.party);
      return found.map((one, index) =>
        one instanceof Failure ? one : profileOf(script, one.properties, wanted[index]),
      );
    },
    applyChanges: async (work, call) => {
      const json = { write: work.map(({ account, changes }) => ({ key: account.key, ...orders(script, changes) })) };
      const sent = await sendUntilTaken(session, { method: 'POST', route, kind: 'write', json }, call);
      if (sent.came !== 'answered') return work.map(({ changes }) => allOf(changes, sent));
      try {
        const found = answersOf(script, sent.answer, work, writeOk, session.party);
        return found.map((one, index) => writtenOf(script, work[index]?.changes ?? [], one, session.party));
      } catch (why) {
        return work.map(({ changes }) => allOf(changes, attemptEnded(why)));
      }
    },
  };
  return {
    together,
    readProfile: async (account, attributes, call) =>
      thrown(theOne(await together.readProfiles([{ account, attributes }], call))),
    applyChanges: async (account, changes, call) => theOne(await together.applyChanges([{ account, changes }], call)),
  };
};

const theOne = <Result>([result]: readonly Result[]): Result => {
  if (result === undefined) throw new Error('the batch of one has no result');
  return result;
};

const thrown = (result: Profile | Failure): Profile => {
  if (result instanceof Failure) throw result;
  return result;
};

const profileOf = (
  { idOf }: EndpointScript,
  properties: Readonly<Record<string, string>>,
  wanted: Wanted | undefined,
): Profile =>
  only(new Map(Object.entries(properties).map(([name, value]) => [idOf(name), value])), wanted?.attributes ?? []);

const orders = ({ nameOf }: EndpointScript, changes: readonly Change[]) => ({
  set: Object.fromEntries(
    changes.flatMap(({ attribute, after }) => (after === null ? [] : [[nameOf(attribute), after]])),
  ),
  delete: changes.flatMap(({ attribute, after }) => (after === null ? [nameOf(attribute)] : [])),
  expect: Object.fromEntries(changes.map(({ attribute, before }) => [nameOf(attribute), before])),
});

/** What the script answers for each account, in the order asked. */
const answersOf = <Ok extends { readonly key: string; readonly status: 'ok' }>(
  script: EndpointScript,
  answer: ProductAnswer,
  asked: readonly (Wanted | Work)[],
  ok: z.ZodType<Ok>,
  party: string,
): readonly (Ok | Failure)[] => {
  const answered = z.object({ users: z.array(z.union([ok, left])) });
  if (answer.status === 404) throw noScript(script, party);
  const { users } = readJson(answer, answered, party);
  const inOrder = users.length === asked.length && users.every(({ key }, index) => key === asked[index]?.account.key);
  if (!inOrder) throw notAsPublished(script, party, 'answered for other accounts than requested');
  return users.map((user) => (isLeft(user) ? failureOf(user, party) : user));
};

const isLeft = (user: { readonly status: string }): user is Left => user.status !== 'ok';

const failureOf = ({ status }: Left, party: string): Failure =>
  status === 'inactive' ? accountInactive(party) : accountGone(party);

/** One account's part of the answer; a key the script left out may have been written all the same. */
const writtenOf = (
  script: EndpointScript,
  changes: readonly Change[],
  one: z.infer<typeof writeOk> | Failure,
  party: string,
): Written => {
  if (one instanceof Failure) return unsentAll(changes, one);
  const results = changes.map(({ attribute }) => toResult(attribute, one.results[script.nameOf(attribute)]));
  return {
    results,
    ended: results.some(({ status }) => status === 'unknown')
      ? notAsPublished(script, party, 'left out one of the keys it was given')
      : null,
  };
};

const toResult = (attribute: AttributeId, status: ChangeResult['status'] | undefined): ChangeResult => {
  if (status === 'rejected') return { attribute, status, reason: 'The endpoint script refused this key or value.' };
  return { attribute, status: status ?? 'unknown' };
};

const notAsPublished = ({ name, page }: EndpointScript, party: string, what: string): Failure =>
  new Failure('wrongShape', `${party}: the endpoint script ${name} ${what}.`, {
    party,
    remedy: `Install the current endpoint script from ${page}.`,
  });

const noScript = ({ name, page }: EndpointScript, party: string): Failure =>
  new Failure('config', `${party}: ScriptRunner has no endpoint "${name}".`, {
    party,
    unsent: true,
    remedy: `Add the script from ${page} as a REST endpoint in ScriptRunner.`,
  });
