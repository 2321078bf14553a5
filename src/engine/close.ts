import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, type FailureKind } from '../core/failure.ts';
import { type Report, type RunStatus, unaccounted } from '../core/report/report.ts';
import { forgetReturned, keepLeavers } from '../ledger/leavers/keep.ts';
import { keepLooks } from '../ledger/links/looked-for.ts';
import { noteEnd, noteLeaversDue } from '../ledger/notices/trouble.ts';
import type { Ledger } from '../ledger/open.ts';
import { closeLook } from '../ledger/plan/looks.ts';
import { pruneStaging } from '../ledger/plan/staging.ts';
import { settleOpenUsers, unsettled } from '../ledger/plan/unsettled.ts';
import { forgetKeptBefore } from '../ledger/reading/kept.ts';
import { keepMembers } from '../ledger/reading/members.ts';
import { moveWatermark } from '../ledger/reading/watermarks.ts';
import { keepCoverage } from '../ledger/runs/coverage.ts';
import { barRun, endRun, isUnfinished, isWriting, mustCarry, runToClose } from '../ledger/runs/ending.ts';
import { noteFailing } from '../ledger/runs/failing.ts';
import { releaseLock } from '../ledger/runs/locks.ts';
import { wasOvertaken } from '../ledger/runs/reference-run.ts';
import { composeReport, holdsPlan } from '../ledger/runs/reports.ts';
import { findRun, type Run } from '../ledger/runs/runs.ts';
import { addRun } from '../ledger/runs/totals.ts';
import { inTransaction } from '../ledger/transaction.ts';

/** How a run ends as its workflow sees it; `done` becomes `doneWithFailures` when somebody failed. */
export type RunEnding = {
  readonly status: Extract<RunStatus, 'done' | 'planned' | 'awaitingApproval' | 'cancelled' | 'failed' | 'skipped'>;
  readonly failure: { readonly kind: FailureKind; readonly message: string } | null;
};

/** How often to check whether the last writer of a run has recorded what it did. */
const lookMs = 250;

/** How long a held plan may still be approved. */
const planDays = 7;

/**
 * Ends a run once nobody writes for it any more: accounts for everybody read, checks the totals, stores the report and
 * releases the connector's lock, all of it or nothing. Workflow, janitor and a later opening may all try: the first one
 * ends it, and later ones get its report again. It needs nothing but the ledger, so a run whose connector does not open
 * ends too. `note` tells whoever decides over a plan what became of it.
 */
export const closeRun = async (ledger: Ledger, id: string, ending: RunEnding, note?: string): Promise<Report> => {
  await barRun(ledger, id);
  await claimsOver(ledger, id);
  await closeLook(ledger, id);
  const report = await inTransaction(ledger, (trx) => endOnce({ ...ledger, db: trx }, id, ending, note));
  if (!holdsPlan(report.status)) await pruneStaging(ledger, id);
  return report;
};

/**
 * Ends a run for its own workflow. Throws `conflict` where another one has it now: the workflow that made a plan may be
 * reset while an approval is carried out.
 */
export const closeOwnRun = async (
  ledger: Ledger,
  { id, workflowId }: Pick<Run, 'id' | 'workflowId'>,
  ending: RunEnding,
): Promise<Report> => {
  const run = await findRun(ledger, id);
  if (run !== null && isUnfinished(run)) mustCarry(run, workflowId);
  return closeRun(ledger, id, ending);
};

/** Claims of a run that is closed are prolonged no more: a writer that was given up on records, or its claims run out. */
const claimsOver = async (ledger: Ledger, id: string): Promise<void> => {
  while (await isWriting(ledger, id)) await sleep(lookMs);
};

const endOnce = async (ledger: Ledger, id: string, ending: RunEnding, note?: string): Promise<Report> => {
  const run = await runToClose(ledger, id);
  if (run === null) throw new Failure('config', 'The ledger has no such run.');
  if (!isUnfinished(run) && run.report !== null) {
    // A workflow that was reset has taken the lock again, perhaps.
    await releaseLock(ledger, run.connector, id);
    return run.report;
  }
  const left = await unsettled(ledger, id);
  if (run.person === null) await keepLooks(ledger, run);
  await settleOpenUsers(ledger, id, null, null, {
    outcome: 'skipped',
    reason: 'runEnded',
    facts: { status: ending.status },
  });
  const end = left > 0 && ending.status === 'done' ? brokenOff(left) : ending;
  const first = await composeReport(ledger, run, end);
  const failed = Object.values(first.targets).some((target) => target.failed > 0);
  const status = end.status === 'done' && failed ? 'doneWithFailures' : end.status;
  const wrong = first.read.complete && end.status !== 'failed' ? unaccounted(first) : [];
  const report: Report = wrong.length === 0 ? { ...first, status } : miscounted(first, wrong);
  await forgetReturned(ledger, run);
  await noteFailing(ledger, run, readOf(report));
  if (report.read.proof === 'everybody' && report.status !== 'failed') await keepCoverage(ledger, run);
  if (await isNewState(ledger, run, report)) await keepState(ledger, run, report);
  await noteEnd(ledger, run, report);
  // A held part was never closed as a plan: it came into being as one.
  await addRun(ledger, report, run.heldFrom === null ? run.report : null);
  await endRun(ledger, id, { status: report.status, failure: report.failure, report, planDays, note: note ?? null });
  await releaseLock(ledger, run.connector, id);
  return report;
};

/** How much of its people a run has told of: all whom it read, or even who is gone. */
const readOf = ({ status, read }: Report) => {
  const complete = read.complete && status !== 'failed' && status !== 'cancelled' && status !== 'skipped';
  return { complete, everybody: complete && read.proof === 'everybody' };
};

/** A run that ended with work left over: it was not done, and no later run may start from its position. */
const brokenOff = (left: number): RunEnding => ({
  status: 'failed',
  failure: {
    kind: 'unavailable',
    message: `The run ended before the work for ${left} people at its targets was done, because it was reset or part of it was ended from outside. Start a new run to do the rest.`,
  },
});

/** Whether a run was carried out after a complete read, and no later run of the connector overtook it. */
const isNewState = async (ledger: Ledger, run: Run, { status, read }: Report): Promise<boolean> =>
  (status === 'done' || status === 'doneWithFailures') &&
  read.complete &&
  run.person === null &&
  run.retryOf === null &&
  !(await wasOvertaken(ledger, run));

/** What the next runs start from: the position in the provider's changes, the groups, and who has left. */
const keepState = async (ledger: Ledger, run: Run, { read }: Report): Promise<void> => {
  await moveWatermark(ledger, run);
  await keepMembers(ledger, run.id, run.connector);
  if (read.proof !== 'everybody') return;
  await keepLeavers(ledger, run);
  await noteLeaversDue(ledger, run);
  await forgetKeptBefore(ledger, run);
};

const miscounted = (report: Report, wrong: readonly string[]): Report => ({
  ...report,
  status: 'failed',
  failure: {
    kind: 'wrongShape',
    message: `The report does not add up (${wrong.join('; ')}). Please report this as a defect of Attune.`,
  },
});
