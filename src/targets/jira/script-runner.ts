import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { Change, ChangeResult } from '../../core/profile.ts';
import { accountGone } from '../atlassian/find-again.ts';
import { readJson } from '../atlassian/json.ts';
import type { Session } from '../atlassian/session.ts';
import { only } from '../atlassian/weigh.ts';
import type { Answer } from '../atlassian/wire.ts';
import type { Account } from '../target.ts';
import { accountToday } from './accounts.ts';
import { idOf, keyOf, type Store } from './store.ts';

const route = '/rest/scriptrunner/latest/custom/attuneUserProperties';

const gone = z.object({ status: z.literal('notFound') });
const readOk = z.object({ status: z.literal('ok'), properties: z.record(z.string(), z.string()) });
const writeOk = z.object({
  status: z.literal('ok'),
  results: z.record(z.string(), z.enum(['applied', 'already', 'moved', 'rejected'])),
});
type Gone = z.infer<typeof gone>;

/**
 * User Properties through the endpoint script of docs/connectors/jira.md: one POST per account. The script compares
 * with what is there and writes in one transaction of Jira, so nothing is read before a write.
 */
export const scriptRunner: Store = {
  read: async (session, account, attributes, call) => {
    const ask = (username: string) => ({ read: [{ username, keys: attributes.map(keyOf) }] });
    const found = await forAccount(session, account, 'read', ask, readOk, call);
    return only(new Map(Object.entries(found.properties).map(([key, value]) => [idOf(key), value])), attributes);
  },
  write: async (session, account, changes, call) => {
    const ask = (username: string) => ({ write: [{ username, ...orders(changes) }] });
    const { results } = await forAccount(session, account, 'write', ask, writeOk, call);
    return changes.map((change) => toResult(change, results[keyOf(change.attribute)], session.party));
  },
};

const orders = (changes: readonly Change[]) => ({
  set: Object.fromEntries(
    changes.flatMap(({ attribute, after }) => (after === null ? [] : [[keyOf(attribute), after]])),
  ),
  delete: changes.flatMap(({ attribute, after }) => (after === null ? [keyOf(attribute)] : [])),
  expect: Object.fromEntries(changes.map(({ attribute, before }) => [keyOf(attribute), before])),
});

const forAccount = async <Ok extends { readonly status: 'ok' }>(
  session: Session,
  account: Account,
  kind: 'read' | 'write',
  ask: (username: string) => unknown,
  ok: z.ZodType<Ok>,
  call: Call,
): Promise<Ok> => {
  const answered = z.object({ users: z.array(z.union([ok, gone])) });
  const { username } = await accountToday(session, account, call);
  const answer = await session.send({ method: 'POST', route, kind, json: ask(username) }, call);
  if (answer.status === 404) throw noScript(session.party);
  const found = theUser(readJson(answer, answered, session.party).users, answer, session.party);
  if (found === null) throw accountGone(session.party);
  return found;
};

const theUser = <Ok extends { readonly status: 'ok' }>(
  users: readonly (Ok | Gone)[],
  answer: Answer,
  party: string,
): Ok | null => {
  const [user] = users;
  if (user === undefined || users.length > 1) {
    throw new Failure(
      'wrongShape',
      `${party}: ${answer.request.method} ${route} answered for ${users.length} accounts.`,
      {
        party,
        remedy: 'Install the endpoint script of docs/connectors/jira.md in its present form.',
      },
    );
  }
  return user.status === 'ok' ? user : null;
};

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
