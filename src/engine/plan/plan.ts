import type { Batch, BatchRest } from '../../core/batch.ts';
import { type Failure, isFailure } from '../../core/failure.ts';
import type { AttributeId, Profile } from '../../core/profile.ts';
import type { Writer } from '../../ledger/links/claims.ts';
import { lookAt } from '../../ledger/links/look.ts';
import { type LookedFor, matchAgain } from '../../ledger/links/match-accounts.ts';
import { noteFound, type OpenChange, openChangesAt } from '../../ledger/plan/doubts.ts';
import { matchedUsers } from '../../ledger/plan/staging.ts';
import { type PlannedUser, storePlan } from '../../ledger/plan/store-plan.ts';
import { accountOf } from '../account-text.ts';
import { inLanes } from '../apply/lanes.ts';
import { withSlots } from '../apply/lease.ts';
import { groupsFor, readProfiles } from '../at-target.ts';
import type { TargetAtRun } from '../open/connector.ts';
import type { Work } from '../work.ts';
import { foundByMatch } from './look-up.ts';
import { type PlanCandidate, stepFor } from './plan-user.ts';
import { failedRead, passedOver, planned } from './planned-user.ts';

/** How many users are planned between two commits: the most that has to be repeated after a worker is killed. */
const chunkSize = 50;

/** When to come back where the target had no slot free, or an account was written meanwhile. */
const comeBackMs = 2_000;

/**
 * Works out every change of a batch and stores it. The target is read only for people of whom the ledger knows no
 * values or is in doubt about, whose account a listing does not show, or for all in a `verify` run. People whose account
 * is gone are looked for again by the match rules, and planned for the account they find. Nothing is written at the target.
 */
export const planBatch = async (work: Work, target: TargetAtRun, batch: Batch): Promise<BatchRest> => {
  const { ledger, run } = work;
  const users = await matchedUsers(ledger, run.id, target.id, batch);
  const writer: Writer = { connector: run.connector, target, run: run.id };
  let left = users.length;
  const gone: LookedFor[] = [];
  for (let start = 0; start < users.length; start += chunkSize) {
    const chunk = users.slice(start, start + chunkSize).map((user) => ({ user, account: accountOf(user.account) }));
    const looks = await lookAt(
      ledger,
      { connector: run.connector, target: target.id },
      chunk.map(({ user, account }) => ({ person: user.person, account: account.key })),
    );
    const plans: PlannedUser[] = [];
    const goneHere: LookedFor[] = [];
    const toRead: PlanCandidate[] = [];
    for (const { user, account } of chunk) {
      const look = looks.get(user.person);
      if (look === undefined) throw new Error('the ledger gave no answer about one of the accounts');
      const order = { version: run.version, number: user.read.number };
      const mode = user.unlisted ? 'verify' : run.mode;
      const next = stepFor(target, mode, { account, desired: user.desired, order, look });
      if (next.step === 'skip') plans.push(passedOver(target, user, { outcome: 'skipped', ...next.why }));
      else if (next.step === 'read') toRead.push({ user, account, look, desired: next.desired, kept: next.kept });
      else plans.push(planned(run, target, { user, account, look, ...next }, next.current, null));
    }
    try {
      goneHere.push(...(await readAndPlan(work, target, toRead, plans)));
    } finally {
      // What was read is kept even when the rest has to wait; otherwise nothing would ever be finished under a narrow
      // rate limit.
      left += await storePlan(ledger, writer, plans);
    }
    left -= plans.length;
    gone.push(...goneHere);
    if (plans.length + goneHere.length < chunk.length) break;
  }
  if (gone.length > 0) {
    await matchAgain(ledger, run, target, batch, gone);
    // Each is looked for again once in a run, so that this comes to an end.
    return planBatch(work, target, batch);
  }
  return left === 0 ? null : { left, why: 'moved', waitMs: comeBackMs };
};

/**
 * Reads the accounts of which the ledger knows too little, and plans each as soon as it is read. People whose account
 * is gone are returned, with what the match rules find at the target now.
 */
const readAndPlan = async (
  work: Work,
  target: TargetAtRun,
  toRead: readonly PlanCandidate[],
  plans: PlannedUser[],
): Promise<readonly LookedFor[]> => {
  if (toRead.length === 0) return [];
  const { ledger, run } = work;
  const gone: LookedFor[] = [];
  const doubted = toRead.filter(({ look }) => look.inDoubt).map(({ account }) => account.key);
  const open = await openChangesAt(ledger, { connector: run.connector, target: target.id, but: null }, doubted);
  await withSlots(work, target, run.person !== null, (lease) =>
    inLanes(lease, groupsFor(target, toRead).values(), async (group) => {
      const wanted = group.map((one) => ({
        account: one.account,
        attributes: attributesOf(one, open.get(one.account.key) ?? []),
      }));
      const found = await readProfiles(target, wanted, lease.call);
      for (const [index, one] of group.entries()) {
        const opened = open.get(one.account.key) ?? [];
        const read = found[index];
        if (isFailure(read) && read.kind === 'notFound' && one.user.looksAgain) {
          const { person, match } = one.user;
          gone.push({ person, accounts: await foundByMatch(target, match, lease.call) });
          continue;
        }
        plans.push(planRead(work, target, one, read, opened));
        await noteStanding(work, target, read, opened);
      }
    }),
  );
  return gone;
};

/** What is read of an account: what is mapped, and what a write that was never recorded may have put there. */
const attributesOf = ({ desired }: PlanCandidate, open: readonly OpenChange[]): readonly AttributeId[] => [
  ...new Set([...desired.keys(), ...open.map(({ attribute }) => attribute)]),
];

const planRead = (
  { run }: Pick<Work, 'run'>,
  target: TargetAtRun,
  one: PlanCandidate,
  found: Profile | Failure | undefined,
  open: readonly OpenChange[],
): PlannedUser => {
  if (found === undefined) throw new Error(`the target ${target.id} gave no answer about one of its accounts`);
  return isFailure(found) ? failedRead(run, target, one.user, found) : planned(run, target, one, found, open);
};

/** Reports to the runs that began a write and never recorded it that its value is there. */
const noteStanding = async (
  { ledger, run }: Work,
  target: TargetAtRun,
  found: Profile | Failure | undefined,
  open: readonly OpenChange[],
): Promise<void> => {
  if (found === undefined || isFailure(found) || run.intent === 'plan') return;
  const standing = open.filter(({ attribute, after }) => (found.get(attribute) ?? null) === after);
  await noteFound(
    ledger,
    target.id,
    standing.filter((change) => change.run !== run.id),
  );
};
