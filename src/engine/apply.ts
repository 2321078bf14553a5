import type { Call } from '../core/call.ts';
import { Failure, isFailure } from '../core/failure.ts';
import type { AttributeId, ChangeResult } from '../core/profile.ts';
import { msUntilOpen } from '../core/write-hours.ts';
import { type AppliedUser, claimBatch, type DueUser, dueUsers, holdsClaim, recordApplied } from '../ledger/changes.ts';
import { isTaken } from '../ledger/links.ts';
import type { Ledger } from '../ledger/open.ts';
import { type KnownValue, knownProfiles, type ProfileRecord } from '../ledger/profiles.ts';
import type { Run } from '../ledger/runs.ts';
import type { Batch } from '../ledger/staging.ts';
import { accountOf } from './account-text.ts';
import type { TargetPlace } from './connector.ts';
import { inParallel, withSlots } from './lease.ts';

/**
 * Executes the stored changes of a batch and nothing else, user by user, recording each result. It begins behind the
 * last recorded user, and stops as soon as a later attempt has claimed the batch. A full run writes within the target's
 * hours only; one person never waits.
 */
export const applyBatch = async (
  ledger: Ledger,
  at: TargetPlace,
  run: Run,
  batch: Batch,
  call: Call,
  now: () => number,
): Promise<void> => {
  const place = { connector: run.connector, target: at.id, run: run.id };
  const claim = await claimBatch(ledger, place, batch);
  const users = await dueUsers(ledger, place, batch);
  if (users.length === 0) return;
  await withSlots(ledger, at, run.sourceId !== null, call, (slots, leased) =>
    inParallel(users, slots, async (user) => {
      leased.signal.throwIfAborted();
      if (run.sourceId === null) waitForHours(at, now());
      if (!(await holdsClaim(ledger, place, batch, claim))) return;
      await recordApplied(ledger, place, await applyUser(ledger, at, run, user, leased));
    }),
  );
};

/** Outside its hours a target is left alone as if it had asked for the wait itself. */
const waitForHours = ({ id, target }: TargetPlace, now: number): void => {
  const waitMs = target.writeHours === undefined ? 0 : msUntilOpen(target.writeHours, now);
  if (waitMs === 0) return;
  throw new Failure('throttled', `${id} is not written outside its writeHours.`, { party: id, waitMs });
};

const applyUser = async (
  ledger: Ledger,
  at: TargetPlace,
  run: Run,
  user: DueUser,
  call: Call,
): Promise<AppliedUser> => {
  const account = accountOf(user.account);
  const one = { sourceId: user.sourceId, account: account.key };
  if (await isTaken(ledger, { connector: run.connector, target: at, sourceId: user.sourceId }, account.key)) {
    const outcome = end(at, user, 'ambiguous', 'accountClaimedTwice');
    return { ...leftAlone(user, 'accountClaimedTwice'), outcome, record: null };
  }
  const known = (await knownProfiles(ledger, run.connector, at.id, [one])).get(user.sourceId);
  if (known !== undefined && known.readAt > user.readAt) {
    return { ...leftAlone(user, 'newerRun'), outcome: end(at, user, 'skipped', 'newerRun'), record: null };
  }
  try {
    const results = await at.target.target.applyChanges(account, user.changes, call);
    const values = new Map<AttributeId, KnownValue>(known?.values ?? []);
    for (const result of results) {
      const change = user.changes.find((one) => one.attribute === result.attribute);
      if (change !== undefined && isWritten(result)) values.set(change.attribute, { value: change.after, ours: true });
      if (change !== undefined && !isWritten(result)) values.delete(change.attribute);
    }
    const complete = results.every(isWritten);
    const record: ProfileRecord = {
      sourceId: user.sourceId,
      account: { key: account.key, text: user.account },
      basis: at.basis,
      values,
      digest: complete ? user.digest : null,
      readAt: user.readAt,
    };
    return { sourceId: user.sourceId, results, outcome: judged(at, user, results), record };
  } catch (error) {
    if (!isFailure(error) || (error.kind !== 'notFound' && error.kind !== 'rejected')) throw error;
    if (error.kind === 'notFound') {
      const outcome = end(at, user, 'unmatched', 'accountGone');
      return { ...leftAlone(user, 'accountGone'), outcome, record: 'accountGone' };
    }
    return { ...leftAlone(user, error.kind), outcome: end(at, user, 'failed', error.sentence), record: null };
  }
};

const isWritten = (result: ChangeResult): boolean => result.status === 'applied' || result.status === 'already';

const leftAlone = (user: DueUser, reason: string) => ({
  sourceId: user.sourceId,
  results: user.changes.map(({ attribute }) => ({ attribute, status: 'rejected', reason }) as const),
});

const judged = (at: TargetPlace, user: DueUser, results: readonly ChangeResult[]): AppliedUser['outcome'] => {
  const refused = results.filter((result) => result.status === 'rejected');
  if (refused.length > 0) {
    const reasons = refused.map((result) => `${result.attribute}: ${result.reason ?? 'refused'}`);
    return end(at, user, 'failed', `rejected (${reasons.join('; ')})`);
  }
  const moved = results.filter((result) => result.status === 'moved').map((result) => result.attribute);
  if (moved.length > 0) return end(at, user, 'skipped', `targetMoved (${moved.join(', ')})`);
  return end(at, user, 'updated', 'written');
};

const end = (at: TargetPlace, user: DueUser, outcome: AppliedUser['outcome']['outcome'], reason: string) => ({
  target: at.id,
  sourceId: user.sourceId,
  outcome,
  reason,
});
