import { z } from 'zod';
import type { Call } from '../../core/call.ts';
import type { CheckLine } from '../../core/check-line.ts';
import { isFailure } from '../../core/failure.ts';
import type { Account, Target, WriteTrial } from '../target.ts';
import { newJar } from './cookies.ts';
import { readJson } from './json.ts';
import type { Session } from './session.ts';
import type { Wire, WireRequest } from './wire.ts';
import { writeTest } from './write-test.ts';

/** One thing to look at; gives what was found, throws a `Failure` when a run could not work with it. */
export type Look = { readonly what: string; readonly look: () => Promise<string> };

/** Looks at one thing after the other and stops at the first that fails, because the rest builds on it. */
export async function* examine(looks: readonly Look[]): AsyncGenerator<CheckLine, boolean> {
  for (const { what, look } of looks) {
    const line = await lookAt(what, look);
    yield line;
    if (!line.ok) return false;
  }
  return true;
}

const lookAt = async (what: string, look: () => Promise<string>): Promise<CheckLine> => {
  try {
    return { what, ok: true, found: await look() };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { remedy } = error.facts;
    return { what, ok: false, found: error.message, ...(remedy === undefined ? {} : { remedy }) };
  }
};

const version = z.object({ version: z.string() });
const maxSkewSeconds = 300;

/** Reaches the product without signing in: its version, and how far its clock is from ours. */
export const reach = (wire: Wire, request: WireRequest, call: Call): Look => ({
  what: 'reachable',
  look: async () => {
    const answer = await wire.send(request, newJar(), call);
    const found =
      answer.status === 200 ? `version ${readJson(answer, version, wire.party).version}` : 'version not told';
    const skew = Math.abs(Date.parse(answer.header('date') ?? '') - Date.now()) / 1000;
    return skew > maxSkewSeconds ? `${found}; its clock differs by ${Math.round(skew)} s` : found;
  },
});

/** Signs in, and tells the limits the product counts the service account by. */
export const signsIn = (session: Session, whoAmI: WireRequest, call: Call): Look => ({
  what: 'login',
  look: async () => {
    const answer = await session.send(whoAmI, call);
    const limit = answer.header('x-ratelimit-limit');
    return limit === undefined ? 'signed in; no rate limit told' : `signed in; rate limit ${limit} requests`;
  },
});

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
