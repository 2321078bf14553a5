import { CancellationScope, ContinueAsNew, isCancellation } from '@temporalio/workflow';
import type { Report } from '../src/core/report/report.ts';
import { asWorkflowFailure, failureOf, type RunFailure } from './failures.ts';
import { closeRun } from './options.ts';

/** What a run's workflow returns; the report itself is in the ledger. */
export type RunResult = { readonly run: string; readonly status: Report['status'] };

/** How the steps of a run came out when nothing failed. */
export type StepsEnd = 'done' | 'planned' | 'awaitingApproval' | 'skipped' | PlanGivenBack;

/** An approved plan that could not be begun, and why: it can be decided over again. */
export type PlanGivenBack = { readonly status: 'awaitingApproval'; readonly failure: RunFailure };

/**
 * Runs the steps of a run and closes it whatever happens: a cancelled or failed run ends with a truthful report too.
 */
export const closing = async (run: string, steps: () => Promise<StepsEnd>): Promise<RunResult> => {
  try {
    const end = await steps();
    const ending = typeof end === 'string' ? { status: end, failure: null } : end;
    return { run, ...(await closeRun({ run, ending })) };
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
