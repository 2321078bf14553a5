import type { Batch } from '../core/batch.ts';
import { asDiff } from '../core/diff.ts';
import { type Failure, isFailure } from '../core/failure.ts';
import type { Profile } from '../core/profile.ts';
import type { Reason } from '../core/reasons.ts';
import { type KnownProfile, knownProfiles, ownedElsewhere, type Remembered } from '../ledger/links/profiles.ts';
import { type PlannedUser, storePlan } from '../ledger/plan/changes.ts';
import { matchedUsers, type StagedUser } from '../ledger/plan/staging.ts';
import type { Account } from '../targets/target.ts';
import { accountOf } from './account-text.ts';
import { endOf, groupsFor, readProfiles } from './at-target.ts';
import type { TargetAtRun } from './connector.ts';
import { inParallel, withSlots } from './lease.ts';
import { compared, stepFor } from './plan-user.ts';
import type { Work } from './work.ts';

/** How many users are planned between two commits: what a killed worker has to do again at most. */
const chunkSize = 50;

/**
 * Works out every change of a batch and stores it. The target is read only for people of whom the ledger knows no
 * values, or for all in a `verify` run. Nothing is written at the target.
 */
export const planBatch = async (work: Work, target: TargetAtRun, batch: Batch): Promise<void> => {
  const { ledger, run } = work;
  const users = await matchedUsers(ledger, run.id, target.id, batch);
  const key = { connector: run.connector, target: target.id, run: run.id };
  for (let start = 0; start < users.length; start += chunkSize) {
    const chunk = users.slice(start, start + chunkSize);
    const matched = chunk.map((user) => ({ user, account: accountOf(user.account) }));
    const known = await knownProfiles(
      ledger,
      run.connector,
      target.id,
      matched.map(({ user, account }) => ({ person: user.person, account: account.key })),
    );
    const owners = await ownedElsewhere(
      ledger,
      run.connector,
      target.id,
      matched.map(({ account }) => account.key),
    );
    const planned: PlannedUser[] = [];
    const toRead: { user: StagedUser; account: Account }[] = [];
    for (const { user, account } of matched) {
      const remembered = known.get(user.person);
      const { desired, read } = user;
      const order = { version: run.version, number: read.number };
      const candidate = { account, desired, order, remembered, owner: owners.get(account.key) };
      const next = stepFor(target, run.mode, candidate);
      if (next.step === 'skip') planned.push(ended(target, user, { outcome: 'skipped', ...next.why }));
      else if (next.step === 'read') toRead.push({ user, account });
      else planned.push(plan(work, target, user, account, next.current, remembered?.values ?? new Map()));
    }
    try {
      await readAndPlan(work, target, toRead, known, planned);
    } finally {
      // What was read is kept even when the rest has to wait: under a narrow rate limit nothing would ever be finished.
      await storePlan(ledger, key, planned);
    }
  }
};

/** Reads the accounts of which the ledger knows too little, and plans each as soon as it is read. */
const readAndPlan = async (
  work: Work,
  target: TargetAtRun,
  toRead: readonly { readonly user: StagedUser; readonly account: Account }[],
  known: ReadonlyMap<string, Remembered>,
  planned: PlannedUser[],
): Promise<void> => {
  if (toRead.length === 0) return;
  await withSlots(work, target, work.run.person !== null, (slots, call) =>
    inParallel(groupsFor(target, toRead), slots, async (group) => {
      const wanted = group.map(({ user, account }) => ({ account, attributes: [...user.desired.keys()] }));
      const found = await readProfiles(target, wanted, call);
      for (const [index, { user, account }] of group.entries()) {
        planned.push(planRead(work, target, user, account, found[index], known.get(user.person)?.values ?? new Map()));
      }
    }),
  );
};

const planRead = (
  { run }: Pick<Work, 'run'>,
  target: TargetAtRun,
  user: StagedUser,
  account: Account,
  found: Profile | Failure | undefined,
  known: KnownProfile,
): PlannedUser => {
  if (found === undefined) throw new Error(`the target ${target.id} gave no answer about one of its accounts`);
  if (!isFailure(found)) return plan({ run }, target, user, account, found, known);
  const why = endOf(found);
  const gone = why.outcome === 'unmatched' && run.intent !== 'plan' ? 'accountGone' : null;
  return { ...ended(target, user, why), record: gone };
};

const plan = (
  { run }: Pick<Work, 'run'>,
  target: TargetAtRun,
  user: StagedUser,
  account: Account,
  found: Profile,
  known: KnownProfile,
): PlannedUser => {
  const { decisions, ours } = compared(user.desired, found, known);
  const { changes, adopted } = asDiff(decisions);
  if (changes.length > 0) {
    const outcome = { target: target.id, person: user.person, outcome: 'planned', reason: 'planned' } as const;
    return { ...planOf(user), changes, adopted: adopted.length, outcome, record: null };
  }
  // What removed rows wrote stays known, so that it can be listed and cleared.
  const values = new Map(known);
  for (const attribute of user.desired.keys()) {
    values.set(attribute, {
      value: found.get(attribute) ?? null,
      ours: ours.has(attribute) || adopted.includes(attribute),
    });
  }
  const record = {
    person: user.person,
    account: { key: account.key, text: user.account },
    basis: target.basis,
    values,
    digest: user.digest,
    read: user.read,
  };
  // A dry run leaves no trace: what it found equal is adopted by the run that may write.
  const kept = run.intent === 'plan' ? null : record;
  return { ...planOf(user), changes, adopted: adopted.length, outcome: null, record: kept };
};

const planOf = ({ pos, person, rows }: StagedUser) => ({ pos, person, rows });

const ended = (
  target: TargetAtRun,
  user: StagedUser,
  why: Reason & { readonly outcome: 'skipped' | 'unmatched' | 'failed' },
): PlannedUser => ({
  ...planOf(user),
  changes: [],
  adopted: 0,
  outcome: { target: target.id, person: user.person, ...why },
  record: null,
});
