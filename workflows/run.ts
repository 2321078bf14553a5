import { CancellationScope, ContinueAsNew, isCancellation } from '@temporalio/workflow';
import type { Report } from '../src/core/report.ts';
import { asWorkflowFailure, failureOf } from './failures.ts';
import { closeRun } from './options.ts';

/** What a run's workflow answers; the report itself stands in the ledger. */
export type RunResult = { readonly run: string; readonly status: Report['status'] };

/** How the steps of a run came out when nothing failed. */
export type StepsEnd = 'done' | 'planned' | 'awaitingApproval' | 'skipped';

/**
 * Runs the steps of a run and closes it whatever happens: a cancelled or failed run ends with a truthful report too.
 */
export const closing = async (run: string, steps: () => Promise<StepsEnd>): Promise<RunResult> => {
  try {
    const status = await steps();
    return { run, ...(await closeRun({ run, ending: { status, failure: null } })) };
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    const cancelled = isCancellation(error);
    const failure = failureOf(error);
    await CancellationScope.nonCancellable(() =>
      closeRun({ run, ending: cancelled ? { status: 'cancelled', failure: null } : { status: 'failed', failure } }),
    ).catch(() => undefined);
    throw cancelled ? error : asWorkflowFailure(failure);
  }
};
