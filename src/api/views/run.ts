import { Failure } from '../../core/failure.ts';
import { outcomes, type Tally, tally } from '../../core/report/outcome.ts';
import type { Report } from '../../core/report/report.ts';
import type { Ledger } from '../../ledger/open.ts';
import { findRun, type Run } from '../../ledger/runs/runs.ts';
import type { RunSummaryWire } from '../schemas/runs.ts';

/** A run as it leaves the API. */
export const runSummary = (run: Run): RunSummaryWire => ({
  id: run.id,
  connector: run.connector,
  version: run.version,
  mode: run.mode,
  intent: run.intent,
  person: run.person,
  workflowId: run.workflowId,
  startedBy: run.startedBy,
  status: run.status,
  phase: run.phase,
  startedAt: run.startedAt.toISOString(),
  finishedAt: run.finishedAt?.toISOString() ?? null,
  planExpiresAt: run.planExpiresAt?.toISOString() ?? null,
  failure: run.failure,
  note: run.note,
  planDigest: run.planDigest,
  heldFrom: run.heldFrom,
  holds: run.holds,
  supersededBy: run.supersededBy,
  retryOf: run.retryOf,
  outcomes: run.report === null ? null : allOutcomes(run.report),
  changes: run.report === null ? null : allChanges(run.report),
  newFailures: run.report?.failures.new ?? null,
  workMs: run.report?.durationMs ?? null,
  waitedMs: run.report?.waitedMs ?? null,
  decision: run.decision,
});

const allOutcomes = (report: Report): Tally =>
  tally(
    Object.fromEntries(
      outcomes.map((outcome) => [
        outcome,
        Object.values(report.targets).reduce((sum, target) => sum + target[outcome], 0),
      ]),
    ),
  );

/** What a plan that waits would write, or what was written. */
const allChanges = ({ forecast, targets }: Report): { set: number; cleared: number } => {
  if (forecast !== null) return { set: forecast.set, cleared: forecast.cleared };
  const each = Object.values(targets).map(({ changes }) => changes);
  return {
    set: each.reduce((sum, { set }) => sum + set, 0),
    cleared: each.reduce((sum, { cleared }) => sum + cleared, 0),
  };
};

/** The run a request names, or the failure that says there is none. */
export const namedRun = async (ledger: Ledger, id: string): Promise<Run> => {
  const run = await findRun(ledger, id);
  if (run !== null) return run;
  throw new Failure('notFound', 'There is no run with that id.', {
    remedy: '`attune runs` (GET /api/runs) lists the existing ones.',
  });
};
