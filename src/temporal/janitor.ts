import { settleIfOver, type Workflows } from '../engine/settle.ts';
import type { Ledger } from '../ledger/open.ts';
import { unfinishedRuns } from '../ledger/runs/ending.ts';
import type { Run } from '../ledger/runs/runs.ts';
import { planWorkflowId } from './run-workflows.ts';

/** What the janitor asks Temporal, and asks of it. Each rejects when Temporal does not answer. */
export type RunWorkflows = Workflows & {
  readonly cancel: (run: Run) => Promise<void>;
  /** Starts the workflow that applies an approved plan, or joins the one there is. */
  readonly startPlan: (run: string) => Promise<void>;
};

/** A janitor at work. `ready` rejects while Temporal did not answer its last round; `stop` waits for a round under way. */
export type Janitor = { readonly ready: () => Promise<void>; readonly stop: () => Promise<void> };

/** How often the runs are compared with their workflows, and how soon again when one of them was found to be over. */
const everyMs = 120_000;

/**
 * Compares every run that has not ended with its workflow: a run whose workflow is over is closed truthfully, an approved
 * plan whose workflow is gone or was never started is started, and a cancel that did not get through is sent again. Any
 * number of janitors may do so at once. Says how many runs have to be looked at again soon. Rejects when Temporal gives
 * no answer, having concluded nothing from that.
 */
export const sweepRuns = async (ledger: Ledger, workflows: RunWorkflows): Promise<number> => {
  let missing = 0;
  for (const run of await unfinishedRuns(ledger)) {
    if (run.status === 'approved') {
      const carrier = { ...run, workflowId: planWorkflowId(run.id), namespace: null };
      if (!(await workflows.isOpen(carrier))) await workflows.startPlan(run.id);
      continue;
    }
    const state = await settleIfOver(ledger, workflows, run);
    if (state === 'missing') missing += 1;
    if (state === 'open' && run.cancelAskedBy !== null) await workflows.cancel(run);
  }
  return missing;
};

/** Starts a janitor: a first round at once, then one every two minutes until it is stopped. */
export const startJanitor = (
  ledger: Ledger,
  workflows: RunWorkflows,
  log: (error: unknown) => void,
  pause = everyMs,
): Janitor => {
  let stopped = false;
  let wake: () => void = () => undefined;
  let trouble: unknown = null;
  const rounds = async (): Promise<void> => {
    while (!stopped) {
      let missing = 0;
      try {
        missing = await sweepRuns(ledger, workflows);
        trouble = null;
      } catch (error) {
        // Said once for a whole outage.
        if (trouble === null) log(error);
        trouble = error;
      }
      const soon = missing > 0 || trouble !== null;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, soon ? Math.min(pause, workflows.graceMs + 500) : pause);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (stopped) wake();
      });
    }
  };
  const ended = rounds();
  return {
    ready: async () => {
      if (trouble !== null) throw trouble;
    },
    stop: async () => {
      stopped = true;
      wake();
      await ended;
    },
  };
};
