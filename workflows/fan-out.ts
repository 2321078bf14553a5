import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, executeChild, workflowInfo } from '@temporalio/workflow';
import type { Candidates } from '../activities/index.ts';
import { applyBatch, type BatchEnd, planBatch } from './batch.ts';
import { batchSize, batchWindow, failBatch } from './options.ts';

/** Where the batches of each target go on. */
export type Positions = Readonly<Record<string, number>>;

/** How far the batches have come; `done` is false when the history asks to be continued as new first. */
export type FanOut = { readonly done: boolean; readonly next: Positions };

/**
 * Starts one child per batch and target, a bounded window for each target so that a slow one holds nobody up. Drains
 * before it returns. A child that was started before (a reset, a duplicate) counts as done. A target that turned out to
 * be down is not asked again: the rest of its people end as failed, and the other targets go on.
 */
export const fanOut = async (
  run: string,
  step: 'plan' | 'apply',
  candidates: Candidates,
  from: Positions,
): Promise<FanOut> => {
  const next: Record<string, number> = { ...from };
  const down = new Map<string, string>();
  let failure: { readonly error: unknown } | null = null;
  const goesOn = (): boolean => failure === null && !workflowInfo().continueAsNewSuggested;
  const lane = async (target: string, count: number): Promise<void> => {
    while (goesOn() && !down.has(target) && (next[target] ?? 0) < count) {
      const start = next[target] ?? 0;
      next[target] = Math.min(start + batchSize, count);
      try {
        const end = await startChild(run, step, target, start, next[target]);
        if (end.down !== null) down.set(target, end.down);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(
    candidates.flatMap(({ target, count }) => Array.from({ length: batchWindow }, () => lane(target, count))),
  );
  throwIfFailed(failure);
  throwIfNoneIsLeft(candidates, down);
  for (const { target, count } of candidates) {
    const reason = down.get(target);
    const from = next[target] ?? 0;
    if (reason === undefined || from >= count) continue;
    await failBatch({ run, target, batch: { from, to: count }, reason });
    next[target] = count;
  }
  return { done: candidates.every(({ target, count }) => (next[target] ?? 0) >= count), next };
};

const throwIfFailed = (failure: { readonly error: unknown } | null): void => {
  if (failure !== null) throw failure.error;
};

const throwIfNoneIsLeft = (candidates: Candidates, down: ReadonlyMap<string, string>): void => {
  const busy = candidates.filter(({ count }) => count > 0);
  if (busy.length === 0 || busy.some(({ target }) => !down.has(target))) return;
  throw ApplicationFailure.nonRetryable([...down.values()][0], 'unavailable');
};

const startChild = async (
  run: string,
  step: 'plan' | 'apply',
  target: string,
  from: number,
  to: number,
): Promise<BatchEnd> => {
  const child = step === 'plan' ? planBatch : applyBatch;
  try {
    return await executeChild(child, {
      args: [{ run, target, batch: { from, to } }],
      workflowId: `${run}/${step}/${target}/${from}`,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      parentClosePolicy: 'REQUEST_CANCEL',
      staticSummary: `${step} ${target}: candidates ${from} to ${to - 1}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { down: null };
  }
};
