import type { Report } from '../core/report/report.ts';
import type { Ledger } from '../ledger/open.ts';
import { countDecided } from '../ledger/plan/changes.ts';
import { decisionsOver } from '../ledger/runs/decisions.ts';
import { barRun, isWriting, noteFound, noteMissing, unfinishedRuns } from '../ledger/runs/ending.ts';
import type { Run } from '../ledger/runs/runs.ts';
import { closeRun } from './close.ts';

/** What is known of the workflows that carry runs. */
export type Workflows = {
  /** Whether the workflow of a run is still running. Rejects if that is unknown: then nothing may be concluded. */
  readonly isOpen: (run: Pick<Run, 'id' | 'workflowId' | 'namespace' | 'finishedAt'>) => Promise<boolean>;
  /** How long a workflow must have been known to be over before its run is closed in its place, in milliseconds. */
  readonly graceMs: number;
  /** Told of each run that was closed in place of its workflow. */
  readonly closed: (report: Report) => void;
};

/**
 * Closes a running run whose workflow is over: terminated, deleted, failed before it could close, or lost with Temporal's
 * database. `missing` says that it is over, but not for long enough to be sure.
 */
export const settleIfOver = async (
  ledger: Ledger,
  workflows: Workflows,
  run: Run,
): Promise<'open' | 'missing' | 'settled'> => {
  if (await workflows.isOpen(run)) {
    if (run.missingSince !== null) await noteFound(ledger, run.id);
    return 'open';
  }
  if (!(await noteMissing(ledger, run, workflows.graceMs))) return 'missing';
  // The run is barred first, so that nobody takes another claim for it; then its writers end or their claims expire.
  await barRun(ledger, run.id);
  if (await isWriting(ledger, run.id)) return 'missing';
  workflows.closed(await settle(ledger, run));
  return 'settled';
};

const settle = async (ledger: Ledger, run: Run): Promise<Report> => {
  if (run.cancelAskedBy !== null) return closeRun(ledger, run.id, { status: 'cancelled', failure: null });
  const [decision] = await decisionsOver(ledger, run.id);
  if (decision?.decision === 'approved') return settlePlan(ledger, run, decision.who);
  return closeRun(ledger, run.id, {
    status: 'failed',
    failure: {
      kind: 'unavailable',
      message:
        'The workflow of this run was ended from outside before it could close. This report shows what it had written. Start a new run for the rest.',
    },
  });
};

/** A plan whose applying broke off can be decided over again, if there is still something of it and time to. */
const settlePlan = async (ledger: Ledger, run: Run, who: string): Promise<Report> => {
  const { decided, all } = await countDecided(ledger, run.id);
  if (decided === all) return closeRun(ledger, run.id, { status: 'done', failure: null });
  const note = `${who} had approved this plan, and ${decided} of its ${all} changes were done when its workflow was ended from outside.`;
  if (run.planExpiresAt !== null && run.planExpiresAt.getTime() > Date.now()) {
    return closeRun(ledger, run.id, { status: 'awaitingApproval', failure: null }, note);
  }
  return closeRun(ledger, run.id, {
    status: 'failed',
    failure: { kind: 'unavailable', message: `${note} It has expired and cannot be approved again: start a new run.` },
  });
};

/** How many unfinished runs of its connector an opening checks; the janitor checks all. */
const mostAtOpening = 20;

/**
 * Closes the other runs of a connector whose workflows are over, as an opening does in addition to the janitor. Without
 * an answer from Temporal nothing is done: no run fails because of cleaning up.
 */
export const settleOthers = async (
  ledger: Ledger,
  workflows: Workflows,
  own: Pick<Run, 'id' | 'connector'>,
): Promise<void> => {
  const all = await unfinishedRuns(ledger);
  const others = all.filter(
    ({ id, connector, status }) => id !== own.id && connector === own.connector && status === 'running',
  );
  try {
    for (const run of others.slice(0, mostAtOpening)) await settleIfOver(ledger, workflows, run);
  } catch {
    // The janitor says that the runs cannot be compared with their workflows.
  }
};
