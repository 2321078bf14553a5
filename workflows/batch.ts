import { isCancellation } from '@temporalio/workflow';
import type { BatchRequest } from '../activities/index.ts';
import type { BatchRest } from '../src/core/batch.ts';
import { endsRun, failureOf, isDown, isWorthSplitting } from './failures.ts';
import { requireParent } from './input.ts';
import { applyBatch as applyUsers, failBatch, planBatch as planUsers } from './options.ts';
import { waitOut } from './wait-out.ts';

/** How a batch ended: each of its users has an outcome; `down` tells why its target cannot be worked with, if so. */
export type BatchEnd = { readonly down: string | null };

/** Plans one batch of one target. */
export const planBatch = async (request: BatchRequest): Promise<BatchEnd> => {
  requireParent();
  return workBatch(request, planUsers);
};

/** Applies the stored changes of one batch of one target. */
export const applyBatch = async (request: BatchRequest): Promise<BatchEnd> => {
  requireParent();
  return workBatch(request, applyUsers);
};

/** A batch that fails for good is halved until the bad user stands alone and becomes a failed outcome. */
const workBatch = async (
  request: BatchRequest,
  work: (request: BatchRequest) => Promise<BatchRest>,
): Promise<BatchEnd> => {
  try {
    await waitOut(() => work(request));
    return { down: null };
  } catch (error) {
    if (isCancellation(error) || endsRun(error)) throw error;
    const { from, to } = request.batch;
    if (to - from === 1 || !isWorthSplitting(error)) {
      const reason = failureOf(error).message;
      await failBatch({ ...request, reason });
      return { down: isDown(error) ? reason : null };
    }
    const middle = Math.floor((from + to) / 2);
    const first = await workBatch({ ...request, batch: { from, to: middle } }, work);
    const second = await workBatch({ ...request, batch: { from: middle, to } }, work);
    return { down: first.down ?? second.down };
  }
};
