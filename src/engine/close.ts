import { credentialWarnings } from '../core/expiry.ts';
import { Failure, type FailureKind } from '../core/failure.ts';
import { type Report, type RunStatus, unaccounted } from '../core/report.ts';
import { noteLeavers } from '../ledger/links/profiles.ts';
import type { Ledger } from '../ledger/open.ts';
import { pruneStaging, settleOpenUsers } from '../ledger/plan/staging.ts';
import { forgetKeptBefore } from '../ledger/reading/kept.ts';
import { keepMembers } from '../ledger/reading/members.ts';
import { moveWatermark } from '../ledger/reading/watermarks.ts';
import { releaseLock } from '../ledger/runs/locks.ts';
import { wasOvertaken } from '../ledger/runs/reference-run.ts';
import { composeReport } from '../ledger/runs/reports.ts';
import { endRun, findRun, type Run } from '../ledger/runs/runs.ts';
import type { OpenConnector } from './connector.ts';

/** How a run ends as its workflow sees it; `done` becomes `doneWithFailures` when somebody failed. */
export type RunEnding = {
  readonly status: Extract<RunStatus, 'done' | 'planned' | 'awaitingApproval' | 'cancelled' | 'failed' | 'skipped'>;
  readonly failure: { readonly kind: FailureKind; readonly message: string } | null;
};

/** How long a held plan may still be approved. */
const planDays = 7;

/**
 * Ends a run: accounts for everybody read, checks the sums, stores the report and gives the connector's lock back. A
 * repeat gives the stored report again. `connector` is the run's own version of it.
 */
export const closeRun = async (
  ledger: Ledger,
  runId: string,
  connector: Pick<OpenConnector, 'source' | 'targets'>,
  ending: RunEnding,
): Promise<Report> => {
  const run = await findRun(ledger, runId);
  if (run === null) throw new Failure('config', 'There is no such run in the ledger.');
  if (run.phase === 'ended' && run.report !== null) return run.report;
  await settleOpenUsers(ledger, runId, null, null, {
    outcome: 'skipped',
    reason: 'runEnded',
    facts: { status: ending.status },
  });
  const warnings = credentialWarnings(connector.source.expires, run.startedAt.getTime());
  const first = await composeReport(ledger, run, [...connector.targets.keys()], { ...ending, warnings });
  const failed = Object.values(first.targets).some((target) => target.failed > 0);
  const status = ending.status === 'done' && failed ? 'doneWithFailures' : ending.status;
  const wrong = first.read.complete && ending.status !== 'failed' ? unaccounted(first) : [];
  const report: Report = wrong.length === 0 ? { ...first, status } : miscounted(first, wrong);
  if (await isNewState(ledger, run, report)) await keepState(ledger, run);
  await endRun(ledger, runId, { status: report.status, failure: report.failure, report, planDays });
  await releaseLock(ledger, run.connector, runId);
  if (status !== 'planned' && status !== 'awaitingApproval') await pruneStaging(ledger, runId);
  return report;
};

/** Whether a run was carried out after a complete read, and no later run of the connector overtook it. */
const isNewState = async (ledger: Ledger, run: Run, { status, read }: Report): Promise<boolean> =>
  (status === 'done' || status === 'doneWithFailures') &&
  read.complete &&
  run.person === null &&
  !(await wasOvertaken(ledger, run));

/** What the next runs begin from: the place in the provider's changes, the groups, and who has left. */
const keepState = async (ledger: Ledger, run: Run): Promise<void> => {
  await moveWatermark(ledger, run);
  await keepMembers(ledger, run.id, run.connector);
  // Only a read of everybody proves that somebody is gone.
  if (run.mode === 'delta') return;
  await noteLeavers(ledger, run);
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
