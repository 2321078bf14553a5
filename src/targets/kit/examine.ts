import type { Call } from '../../core/call.ts';
import type { CheckLine } from '../../core/check-line.ts';
import { isFailure } from '../../core/failure.ts';
import type { Account, Target, WriteTrial } from '../target.ts';
import { writeTest } from './write-test.ts';

/** What was found; with a remedy where a run works all the same, but an admin should know. */
export type Found = string | { readonly found: string; readonly remedy: string };

/** One thing to check; returns what was found, throws a `Failure` if a run could not work with it. */
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
    yield { what, ok: false, found: 'This account is protected: Attune never writes to it.' };
  else yield* writeTest(target, account, trial.attributes, call);
}

/** Checks through a separate session, so that the result is current; ends it afterwards. */
export async function* examineAnew<Session extends Pick<Target, 'close'>>(
  session: Session,
  look: (session: Session) => AsyncIterable<CheckLine>,
): AsyncGenerator<CheckLine> {
  try {
    yield* look(session);
  } finally {
    await session.close();
  }
}
