import type { Call } from '../core/call.ts';
import { Failure, isFailure } from '../core/failure.ts';
import type { AttributeId, ChangeResult } from '../core/profile.ts';
import { msUntilOpen } from '../core/write-hours.ts';
import { isTaken } from '../ledger/links/links.ts';
import { type KnownProfile, type KnownValue, knownProfiles, type ProfileRecord } from '../ledger/links/profiles.ts';
import type { Ledger } from '../ledger/open.ts';
import {
  type AppliedUser,
  claimBatch,
  type DueUser,
  dueUsers,
  holdsClaim,
  recordApplied,
} from '../ledger/plan/changes.ts';
import type { Batch } from '../ledger/plan/staging.ts';
import type { Run } from '../ledger/runs/runs.ts';
import type { Account } from '../targets/target.ts';
import { accountOf } from './account-text.ts';
import { applyChanges, endOf, groupsFor } from './at-target.ts';
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
  await withSlots(ledger, at, run.person !== null, call, (slots, leased) =>
    inParallel(groupsFor(at.target.target, users), slots, async (group) => {
      leased.signal.throwIfAborted();
      if (run.person === null) waitForHours(at, now());
      if (!(await holdsClaim(ledger, place, batch, claim))) return;
      await applyGroup(ledger, at, run, group, leased);
    }),
  );
};

/** Outside its hours a target is left alone as if it had asked for the wait itself. */
const waitForHours = ({ id, target }: TargetPlace, now: number): void => {
  const waitMs = target.writeHours === undefined ? 0 : msUntilOpen(target.writeHours, now);
  if (waitMs === 0) return;
  throw new Failure('throttled', `${id} is not written outside its writeHours.`, { party: id, waitMs });
};

/** Writes what the target takes in one request, and records each user as their result is known. */
const applyGroup = async (
  ledger: Ledger,
  at: TargetPlace,
  run: Run,
  group: readonly DueUser[],
  call: Call,
): Promise<void> => {
  const place = { connector: run.connector, target: at.id, run: run.id };
  const due: { user: DueUser; account: Account; known: KnownProfile }[] = [];
  for (const user of group) {
    const account = accountOf(user.account);
    const one = { person: user.person, account: account.key };
    const known = (await knownProfiles(ledger, run.connector, at.id, [one])).get(user.person);
    if (await isTaken(ledger, { connector: run.connector, target: at, person: user.person }, account.key)) {
      await recordApplied(ledger, place, passedOver(at, user, 'ambiguous', 'accountClaimedTwice'));
    } else if (known !== undefined && known.readAt > user.readAt) {
      await recordApplied(ledger, place, passedOver(at, user, 'skipped', 'newerRun'));
    } else due.push({ user, account, known: known?.values ?? new Map() });
  }
  if (due.length === 0) return;
  const work = due.map(({ user, account }) => ({ account, changes: user.changes }));
  const results = await applyChanges(at.target.target, work, call);
  for (const [index, { user, account, known }] of due.entries()) {
    await recordApplied(ledger, place, appliedUser(at, user, account, known, results[index]));
  }
};

const appliedUser = (
  at: TargetPlace,
  user: DueUser,
  account: Account,
  known: KnownProfile,
  results: readonly ChangeResult[] | Failure | undefined,
): AppliedUser => {
  if (results === undefined) throw new Error(`the target ${at.id} gave no answer about one of its accounts`);
  if (isFailure(results)) {
    const { outcome, reason } = endOf(results);
    const record = outcome === 'unmatched' ? 'accountGone' : null;
    return { ...passedOver(at, user, outcome, reason), record };
  }
  const values = new Map<AttributeId, KnownValue>(known);
  for (const result of results) {
    const change = user.changes.find((one) => one.attribute === result.attribute);
    if (change !== undefined && isWritten(result)) values.set(change.attribute, { value: change.after, ours: true });
    if (change !== undefined && !isWritten(result)) values.delete(change.attribute);
  }
  const record: ProfileRecord = {
    person: user.person,
    account: { key: account.key, text: user.account },
    basis: at.basis,
    values,
    digest: results.every(isWritten) ? user.digest : null,
    readAt: user.readAt,
  };
  return { person: user.person, results, outcome: judged(at, user, results), record };
};

const isWritten = (result: ChangeResult): boolean => result.status === 'applied' || result.status === 'already';

/** A user of whom nothing is written, for this reason. */
const passedOver = (
  at: TargetPlace,
  user: DueUser,
  outcome: AppliedUser['outcome']['outcome'],
  reason: string,
): AppliedUser => ({
  person: user.person,
  results: user.changes.map(({ attribute }) => ({ attribute, status: 'rejected', reason }) as const),
  outcome: end(at, user, outcome, reason),
  record: null,
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
  person: user.person,
  outcome,
  reason,
});
