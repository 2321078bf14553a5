import type { Batch } from '../core/batch.ts';
import { Failure } from '../core/failure.ts';
import type { AttributeId, ChangeResult, Written } from '../core/profile.ts';
import { isLater } from '../core/read-moment.ts';
import { sentenceOf } from '../core/reasons.ts';
import { msUntilOpen } from '../core/write-hours.ts';
import { isTaken } from '../ledger/links/links.ts';
import { type KnownProfile, type KnownValue, knownProfiles, type ProfileRecord } from '../ledger/links/profiles.ts';
import {
  type AppliedUser,
  claimBatch,
  type DueUser,
  dueUsers,
  holdsClaim,
  recordApplied,
} from '../ledger/plan/changes.ts';
import type { NewOutcome } from '../ledger/runs/outcomes.ts';
import type { Account } from '../targets/target.ts';
import { accountOf } from './account-text.ts';
import { applyChanges, endOf, groupsFor } from './at-target.ts';
import type { TargetAtRun } from './connector.ts';
import { inParallel, withSlots } from './lease.ts';
import type { Work } from './work.ts';
import { endsOnePerson, isOpen } from './write-until-answered.ts';

/**
 * Executes the stored changes of a batch and nothing else, user by user, recording each result. It begins behind the
 * last recorded user, and stops as soon as a later attempt has claimed the batch. A full run writes within the target's
 * hours only; one person never waits.
 */
export const applyBatch = async (work: Work, target: TargetAtRun, batch: Batch): Promise<void> => {
  const { ledger, run, now } = work;
  const plan = { connector: run.connector, target: target.id, run: run.id };
  const claim = await claimBatch(ledger, plan, batch);
  const users = await dueUsers(ledger, plan, batch);
  if (users.length === 0) return;
  await withSlots(work, target, run.person !== null, (slots, call) =>
    inParallel(groupsFor(target, users), slots, async (group) => {
      call.signal.throwIfAborted();
      if (run.person === null) waitForHours(target, now());
      if (!(await holdsClaim(ledger, plan, batch, claim))) return;
      await applyGroup({ ...work, call }, target, group);
    }),
  );
};

/** Outside its hours a target is left alone as if it had asked for the wait itself. */
const waitForHours = ({ id, writeHours }: TargetAtRun, now: number): void => {
  const waitMs = writeHours === null ? 0 : msUntilOpen(writeHours, now);
  if (waitMs === 0) return;
  throw new Failure('throttled', `${id} is not written outside its writeHours.`, { party: id, waitMs });
};

/** Writes what the target takes in one request, and records each user as their result is known. */
const applyGroup = async (
  { ledger, run, call }: Work,
  target: TargetAtRun,
  group: readonly DueUser[],
): Promise<void> => {
  const plan = { connector: run.connector, target: target.id, run: run.id };
  const due: { user: DueUser; account: Account; known: KnownProfile }[] = [];
  for (const user of group) {
    const account = accountOf(user.account);
    const one = { person: user.person, account: account.key };
    const known = (await knownProfiles(ledger, run.connector, target.id, [one])).get(user.person);
    if (await isTaken(ledger, { connector: run.connector, target, person: user.person }, account.key)) {
      await recordApplied(
        ledger,
        plan,
        passedOver(target, user, { outcome: 'ambiguous', reason: 'accountClaimedTwice' }),
      );
    } else if (known !== undefined && isLater(known.order, { version: run.version, number: user.read.number })) {
      await recordApplied(ledger, plan, passedOver(target, user, { outcome: 'skipped', reason: 'newerRun' }));
    } else due.push({ user, account, known: known?.values ?? new Map() });
  }
  if (due.length === 0) return;
  const work = due.map(({ user, account }) => ({ account, changes: user.changes }));
  const written = await applyChanges(target, work, call);
  for (const [index, { user, account, known }] of due.entries()) {
    await recordApplied(ledger, plan, appliedUser(target, user, account, known, written[index]));
  }
  const ended = written.map((one) => one.ended).find((each) => each !== null && !endsOnePerson(each));
  if (ended !== undefined) throw ended;
};

/**
 * What is recorded of a person. One whose writing was cut short is recorded as far as it was written and stays planned;
 * the digest is null then, so that the account is read before it is judged again.
 */
const appliedUser = (
  target: TargetAtRun,
  user: DueUser,
  account: Account,
  known: KnownProfile,
  written: Written | undefined,
): AppliedUser => {
  if (written === undefined) throw new Error(`the target ${target.id} gave no answer about one of its accounts`);
  const { results, ended } = written;
  const record: ProfileRecord = {
    person: user.person,
    account: { key: account.key, text: user.account },
    basis: target.basis,
    values: knownAfter(known, user, results),
    digest: results.every(isWritten) ? user.digest : null,
    read: user.read,
  };
  const isTouched = results.some((result) => isWritten(result) || result.status === 'unknown');
  if (endsOnePerson(ended)) {
    const why = endOf(ended);
    const left = why.outcome === 'unmatched' ? 'accountGone' : isTouched ? record : null;
    const passed = passedOver(target, user, why);
    return { ...passed, results: passed.results.map((one, index) => answered(results[index]) ?? one), record: left };
  }
  if (ended !== null) {
    return {
      person: user.person,
      results: results.filter(isWritten),
      outcome: null,
      record: isTouched ? record : null,
    };
  }
  return { person: user.person, results, outcome: endOfWriting(target, user, results), record };
};

/** What the target is known to hold after some answers: what was written, and nothing where anything else came. */
const knownAfter = (known: KnownProfile, { changes }: DueUser, results: readonly ChangeResult[]): KnownProfile => {
  const values = new Map<AttributeId, KnownValue>(known);
  for (const { attribute, after } of changes) {
    const result = results.find((one) => one.attribute === attribute);
    if (result === undefined || result.status === 'unsent') continue;
    if (isWritten(result)) values.set(attribute, { value: after, ours: true });
    else values.delete(attribute);
  }
  return values;
};

const answered = (result: ChangeResult | undefined): ChangeResult | undefined => (isOpen(result) ? undefined : result);

const isWritten = (result: ChangeResult): boolean => result.status === 'applied' || result.status === 'already';

/** A user of whom nothing is written, for this reason. */
const passedOver = (target: TargetAtRun, user: DueUser, why: End): AppliedUser => {
  const reason = sentenceOf(why.reason, why.facts);
  return {
    person: user.person,
    results: user.changes.map(({ attribute }) => ({ attribute, status: 'rejected', reason }) as const),
    outcome: end(target, user, why),
    record: null,
  };
};

const endOfWriting = (target: TargetAtRun, user: DueUser, results: readonly ChangeResult[]): NewOutcome => {
  const refused = results.filter((result) => result.status === 'rejected');
  if (refused.length > 0) {
    const attributes = refused.map(({ attribute }) => attribute);
    const said = [...new Set(refused.flatMap(({ reason }) => reason ?? []))].join(' ');
    return end(target, user, { outcome: 'failed', reason: 'refused', facts: { attributes, said } });
  }
  const attributes = results.filter((result) => result.status === 'moved').map((result) => result.attribute);
  if (attributes.length > 0) {
    return end(target, user, { outcome: 'skipped', reason: 'targetMoved', facts: { attributes } });
  }
  return end(target, user, { outcome: 'updated', reason: 'written' });
};

type End = Omit<NewOutcome, 'target' | 'person'>;

const end = (target: TargetAtRun, user: DueUser, why: End): NewOutcome => ({
  target: target.id,
  person: user.person,
  ...why,
});
