import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { Change, ChangeResult, Profile } from '../../core/profile.ts';
import { accountGone, accountInactive } from '../atlassian/find-again.ts';
import { readJson } from '../atlassian/json.ts';
import type { Session } from '../atlassian/session.ts';
import type { Answer } from '../atlassian/wire.ts';
import { only } from '../kit/weigh.ts';
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
    const found = await ask(session, 'read', json, wanted, readOk, call);
    return found.map((one, index) => (one instanceof Failure ? one : profileOf(one.properties, wanted[index])));
  },
  write: async (session, work, call) => {
    const json = { write: work.map(({ account, changes }) => ({ key: account.key, ...orders(changes) })) };
    const found = await ask(session, 'write', json, work, writeOk, call);
    return found.map((one, index) => {
      if (one instanceof Failure) return one;
      const changes = work[index]?.changes ?? [];
      return changes.map((change) => toResult(change, one.results[keyOf(change.attribute)], session.party));
    });
  },
};

/** One account is a batch of one. */
export const scriptRunner: Store = {
  page: null,
  together,
  read: async (session, account, attributes, call) =>
    theOne<Profile>(await together.read(session, [{ account, attributes }], call)),
  write: async (session, account, changes, call) =>
    theOne<readonly ChangeResult[]>(await together.write(session, [{ account, changes }], call)),
};

const theOne = <Result>([result]: readonly (Result | Failure)[]): Result => {
  if (result === undefined) throw new Error('the batch of one has no result');
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
const ask = async <Ok extends { readonly key: string; readonly status: 'ok' }>(
  session: Session,
  kind: 'read' | 'write',
  json: unknown,
  asked: readonly (Wanted | Work)[],
  ok: z.ZodType<Ok>,
  call: Call,
): Promise<readonly (Ok | Failure)[]> => {
  const answered = z.object({ users: z.array(z.union([ok, left])) });
  const answer = await session.send({ method: 'POST', route, kind, json }, call);
  if (answer.status === 404) throw noScript(session.party);
  const { users } = readJson(answer, answered, session.party);
  const inOrder = users.length === asked.length && users.every(({ key }, index) => key === asked[index]?.account.key);
  if (!inOrder) throw otherAccounts(session.party, answer);
  return users.map((user) => (isLeft(user) ? failureOf(user, session.party) : user));
};

const isLeft = (user: { readonly status: string }): user is Left => user.status !== 'ok';

const failureOf = ({ status }: Left, party: string): Failure =>
  status === 'inactive' ? accountInactive(party) : accountGone(party);

const otherAccounts = (party: string, answer: Answer): Failure =>
  new Failure('wrongShape', `${party}: ${answer.request.method} ${route} answered for other accounts than asked.`, {
    party,
    remedy: 'Install the endpoint script of docs/connectors/jira.md in its present form.',
  });

const toResult = ({ attribute }: Change, status: ChangeResult['status'] | undefined, party: string): ChangeResult => {
  if (status === undefined) {
    throw new Failure('wrongShape', `${party}: the endpoint script left out one of the keys it was given.`, { party });
  }
  if (status === 'rejected') return { attribute, status, reason: 'The endpoint script refused this key or value.' };
  return { attribute, status };
};

const noScript = (party: string): Failure =>
  new Failure('config', `${party}: ScriptRunner has no endpoint "attuneUserProperties".`, {
    party,
    remedy: 'Add the script of docs/connectors/jira.md as a REST endpoint of ScriptRunner.',
  });
