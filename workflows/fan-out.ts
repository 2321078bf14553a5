import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ApplicationFailure, CancellationScope, executeChild, workflowInfo } from '@temporalio/workflow';
import type { Candidates } from '../activities/index.ts';
import { applyBatch, type BatchEnd, planBatch } from './batch.ts';
import { isEndedByHand } from './failures.ts';
import { batchSize, batchWindow, failBatch } from './options.ts';

/** Where the batches of each target go on. */
export type Positions = Readonly<Record<string, number>>;

/** How far the batches have come; `done` is false when the history asks to be continued as new first. */
export type FanOut = { readonly done: boolean; readonly next: Positions };

/**
 * Starts one child per batch and target, a bounded window for each target so that a slow one holds nobody up. Drains
 * before it returns. A target that turned out to
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

/** How often a child may be ended by hand before its people end as failed. */
const mostByHand = 3;
const endedByHand =
  'A part of this run was ended by hand in Temporal, again and again. `attune cancel` ends a run; the next run takes these people up.';

/**
 * Runs one batch as a child. One that was started before (a run that was reset, a plan whose applying broke off) may have
 * come to any end, so the batch is run under the next id: it asks the ledger what is left and does that. Should the
 * earlier child still live, its claims on the batch are lost to this one. So is a child that somebody ended by hand taken
 * up again, a few times: who wants the run to end ends the run.
 */
const startChild = async (
  run: string,
  step: 'plan' | 'apply',
  target: string,
  from: number,
  to: number,
): Promise<BatchEnd> => {
  const child = step === 'plan' ? planBatch : applyBatch;
  const id = `${run}/${step}/${target}/${from}`;
  let byHand = 0;
  for (let again = 1; ; again += 1) {
    try {
      return await executeChild(child, {
        args: [{ run, target, batch: { from, to } }],
        workflowId: again === 1 ? id : `${id}/${again}`,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        parentClosePolicy: 'REQUEST_CANCEL',
        staticSummary: `${step} ${target}: candidates ${from} to ${to - 1}`,
      });
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) continue;
      if (CancellationScope.current().consideredCancelled || !isEndedByHand(error)) throw error;
      byHand += 1;
      if (byHand < mostByHand) continue;
      await failBatch({ run, target, batch: { from, to }, reason: endedByHand });
      return { down: null };
    }
  }
};
