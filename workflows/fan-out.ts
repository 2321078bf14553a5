import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, workflowInfo } from '@temporalio/workflow';
import type { Candidates } from '../activities/index.ts';
import { applyBatch, planBatch } from './batch.ts';
import { batchSize, batchWindow } from './options.ts';

/** Where the batches of each target go on. */
export type Positions = Readonly<Record<string, number>>;

/** How far the batches have come; `done` is false when the history asks to be continued as new first. */
export type FanOut = { readonly done: boolean; readonly next: Positions };

/**
 * Starts one child per batch and target, a bounded window for each target so that a slow one holds nobody up. Drains
 * before it returns. A child that was started before (a reset, a duplicate) counts as done.
 */
export const fanOut = async (
  run: string,
  step: 'plan' | 'apply',
  candidates: Candidates,
  from: Positions,
): Promise<FanOut> => {
  const next: Record<string, number> = { ...from };
  let failure: { readonly error: unknown } | null = null;
  const goesOn = (): boolean => failure === null && !workflowInfo().continueAsNewSuggested;
  const lane = async (target: string, count: number): Promise<void> => {
    while (goesOn() && (next[target] ?? 0) < count) {
      const start = next[target] ?? 0;
      next[target] = Math.min(start + batchSize, count);
      try {
        await startChild(run, step, target, start, next[target]);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(
    candidates.flatMap(({ target, count }) => Array.from({ length: batchWindow }, () => lane(target, count))),
  );
  throwIfFailed(failure);
  return { done: candidates.every(({ target, count }) => (next[target] ?? 0) >= count), next };
};

const throwIfFailed = (failure: { readonly error: unknown } | null): void => {
  if (failure !== null) throw failure.error;
};

const startChild = async (run: string, step: 'plan' | 'apply', target: string, from: number, to: number) => {
  const child = step === 'plan' ? planBatch : applyBatch;
  try {
    await executeChild(child, {
      args: [{ run, target, batch: { from, to } }],
      workflowId: `${run}/${step}/${target}/${from}`,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: 'REQUEST_CANCEL',
      staticSummary: `${step} ${target}: candidates ${from} to ${to - 1}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
};
