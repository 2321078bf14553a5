import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import type { CheckLine } from '../../core/check-line.ts';
import { isFailure } from '../../core/failure.ts';
import { writeTest } from '../kit/write-test.ts';
import type { Account, Target, WriteTrial } from '../target.ts';
import { newJar } from './cookies.ts';
import { readJson } from './json.ts';
import type { Session } from './session.ts';
import type { Answer, Wire, WireRequest } from './wire.ts';

/** What was found; with a remedy where a run works all the same, but an admin should know. */
type Found = string | { readonly found: string; readonly remedy: string };

/** One thing to look at; gives what was found, throws a `Failure` when a run could not work with it. */
export type Look = { readonly what: string; readonly look: () => Promise<Found> };

/** Looks at one thing after the other and stops at the first that fails, because the rest builds on it. */
export async function* examine(looks: readonly Look[]): AsyncGenerator<CheckLine, boolean> {
  for (const { what, look } of looks) {
    const line = await lookAt(what, look);
    yield line;
    if (!line.ok) return false;
  }
  return true;
}

const lookAt = async (what: string, look: Look['look']): Promise<CheckLine> => {
  try {
    const found = await look();
    return { what, ok: true, ...(typeof found === 'string' ? { found } : found) };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { remedy } = error.facts;
    return { what, ok: false, found: error.message, ...(remedy === undefined ? {} : { remedy }) };
  }
};

const version = z.object({ version: z.string() });
const maxSkewSeconds = 300;

/** Reaches the product without signing in, with one request: its version, and how far its clock is from ours. */
export const reach = (wire: Wire, request: WireRequest, call: Call): readonly Look[] => {
  let answer: Answer | null = null;
  return [
    {
      what: 'reachable',
      look: async () => {
        answer = await wire.send(request, newJar(), call);
        return `answers at ${wire.baseUrl.host}`;
      },
    },
    {
      what: 'version',
      look: async () =>
        answer?.status === 200 ? readJson(answer, version, wire.party).version : 'not told without signing in',
    },
    { what: 'clock', look: async () => skewOf(answer?.header('date')) },
  ];
};

const skewOf = (date: string | undefined): Found => {
  const seconds = Math.round(Math.abs(Date.parse(date ?? '') - Date.now()) / 1000);
  if (Number.isNaN(seconds)) return 'not told';
  if (seconds <= maxSkewSeconds) return 'as this machine';
  return { found: `differs from this machine by ${seconds} s`, remedy: 'Let both take the time from one server.' };
};

/** Signs in, and tells the limits the product counts the service account by. */
export const signsIn = (session: Session, whoAmI: WireRequest, call: Call): readonly Look[] => {
  let answer: Answer | null = null;
  return [
    {
      what: 'login',
      look: async () => {
        answer = await session.send(whoAmI, call);
        return session.username === null ? 'the token is accepted' : 'the service account is signed in';
      },
    },
    {
      what: 'rate limit',
      look: async () => {
        const [limit, left] = ['x-ratelimit-limit', 'x-ratelimit-remaining'].map((name) => answer?.header(name));
        return limit === undefined ? 'none told' : `${limit} requests, ${left ?? 'an unknown number'} of them left`;
      },
    },
  ];
};

/** Opens a page of the administration, for the service account itself: the password page may stand before it (WebSudo). */
export const raises = (session: Session, page: (username: string) => WireRequest, call: Call): readonly Look[] => {
  const { username } = session;
  if (username === null) return [];
  const look = async (): Promise<string> => {
    await session.send({ ...page(username), refusable: true }, call);
    return 'opened, or not asked for';
  };
  return [{ what: 'secure administrator session', look }];
};

/** Reads the first page of the account listing. */
export const lists = (target: Pick<Target, 'accountsPage'>, call: Call): Look => ({
  what: 'account listing',
  look: async () => {
    const { accounts, next } = await target.accountsPage(null, call);
    return `${accounts.length} accounts on the first page${next === null ? ', which is the last' : ''}`;
  },
});

const trialAccount = async (
  target: Pick<Target, 'findAccounts'>,
  username: string,
  call: Call,
): Promise<Account | null> => (await target.findAccounts({ by: 'username', value: username }, call))[0] ?? null;

/** Everything a run needs of a target, then the write test if one is asked for. */
export async function* examineAll(
  looks: readonly Look[],
  target: Pick<Target, 'findAccounts' | 'protects' | 'readProfile' | 'applyChanges'>,
  trial: WriteTrial | null,
  call: Call,
): AsyncGenerator<CheckLine> {
  const well = yield* examine(looks);
  if (!well || trial === null) return;
  const account = await trialAccount(target, trial.username, call);
  const what = 'write test';
  if (account === null) yield { what, ok: false, found: 'There is no account with this username.' };
  else if (target.protects(account))
    yield { what, ok: false, found: 'This account is protected: it is never written.' };
  else yield* writeTest(target, account, trial.attributes, call);
}

/** Looks through a session of its own, so that what is told was proved now; ends it afterwards. */
export async function* examineAnew(
  session: Session,
  look: (session: Session) => AsyncIterable<CheckLine>,
): AsyncGenerator<CheckLine> {
  try {
    yield* look(session);
  } finally {
    await session.close();
  }
}
