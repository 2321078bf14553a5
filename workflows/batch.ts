import { isCancellation } from '@temporalio/workflow';
import type { BatchRequest } from '../activities/index.ts';
import { endsRun, failureOf, isWorthSplitting } from './failures.ts';
import { applyBatch as applyUsers, failBatch, planBatch as planUsers } from './options.ts';

/** Plans one batch of one target. */
export const planBatch = (request: BatchRequest): Promise<void> => workBatch(request, planUsers);

/** Applies the stored changes of one batch of one target. */
export const applyBatch = (request: BatchRequest): Promise<void> => workBatch(request, applyUsers);

/** A batch that fails for good is halved until the bad user stands alone and becomes a failed outcome. */
const workBatch = async (request: BatchRequest, work: (request: BatchRequest) => Promise<void>): Promise<void> => {
  try {
    await work(request);
  } catch (error) {
    if (isCancellation(error) || endsRun(error)) throw error;
    const { from, to } = request.batch;
    if (to - from === 1 || !isWorthSplitting(error)) {
      await failBatch({ ...request, reason: failureOf(error).message });
      return;
    }
    const middle = Math.floor((from + to) / 2);
    await workBatch({ ...request, batch: { from, to: middle } }, work);
    await workBatch({ ...request, batch: { from: middle, to } }, work);
  }
};
