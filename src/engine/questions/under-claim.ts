import { Failure, isFailure } from '../../core/failure.ts';
import { claimForTrial, endTrial, renewTrial } from '../../ledger/links/trial-claim.ts';
import type { Account, WriteTrial } from '../../targets/target.ts';
import type { OpenTarget } from '../open/connector.ts';
import type { Asking } from '../work.ts';

/** How often the claim of a trial is prolonged. */
const renewMs = 5_000;

/**
 * Tries writes on an account under a claim, so that no run writes it meanwhile; without a trial there is nothing to
 * claim. A trial that was cut short leaves the account in doubt, and the next run reads it.
 */
export const underClaim = async <Result>(
  { ledger, connector, call }: Asking,
  target: OpenTarget,
  trial: WriteTrial | null,
  work: () => Promise<Result>,
): Promise<Result> => {
  const account = trial === null ? null : await accountOf(target, trial.username, call);
  // The trial itself reports an account that cannot be found.
  if (account === null) return work();
  const claim = await claimForTrial(ledger, { connector: connector.id, target: target.id, account: account.key });
  if (claim === null) {
    throw new Failure('conflict', `A run is writing to this account at ${target.id} right now.`, {
      party: target.id,
      remedy: 'Try again in a moment, or use an account that no run is writing to.',
    });
  }
  const renewal = setInterval(() => void renewTrial(ledger, claim).catch(() => undefined), renewMs);
  let isSure = false;
  try {
    const result = await work();
    isSure = true;
    return result;
  } finally {
    clearInterval(renewal);
    await endTrial(ledger, claim, isSure);
  }
};

const accountOf = async (target: OpenTarget, username: string, call: Asking['call']): Promise<Account | null> => {
  try {
    const found = await target.findAccounts({ by: 'username', value: username }, call);
    return found.length === 1 ? (found[0] ?? null) : null;
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
};
