import { isCancellation, sleep } from '@temporalio/workflow';
import type { BatchRequest } from '../activities/index.ts';
import type { BatchRest } from '../src/core/batch.ts';
import { endsRun, failureOf, isOwnFault, isWorthSplitting, type Met, metBy } from './failures.ts';
import { requireParent } from './input.ts';
import { applyBatch as applyUsers, failBatch, planBatch as planUsers } from './options.ts';

/** A batch for a child; `halves` once waiting out an unexpected failure has not helped. */
export type BatchInput = BatchRequest & { readonly halves: boolean };

/**
 * How a batch ended: null when each of its users has an outcome; else it is to be started again, after the people it
 * has finished. It left some to others or to the target's hours, or it met something that the parent waits for.
 */
export type BatchEnd =
  | null
  | { readonly left: 'others' | 'hours'; readonly waitMs: number }
  | { readonly left: 'met'; readonly met: Met };

/** Plans one batch of one target. */
export const planBatch = async (input: BatchInput): Promise<BatchEnd> => {
  requireParent();
  return workBatch(input, planUsers);
};

/** Applies the stored changes of one batch of one target. */
export const applyBatch = async (input: BatchInput): Promise<BatchEnd> => {
  requireParent();
  return workBatch(input, applyUsers);
};

type WorkUsers = (request: BatchRequest) => Promise<BatchRest>;

/**
 * A batch that fails permanently is halved until the bad user is alone and becomes a failed outcome. Temporary failures
 * are left to the parent, which waits for a target once, however many batches it has.
 */
const workBatch = async (input: BatchInput, work: WorkUsers): Promise<BatchEnd> => {
  const { halves, ...request } = input;
  try {
    return await workOn(request, work);
  } catch (error) {
    if (isCancellation(error) || endsRun(error)) throw error;
    const met = metBy(error);
    if (met !== null && !(halves && met.kind === 'unforeseen')) return { left: 'met', met };
    const { from, to } = request.batch;
    if (to - from === 1 || !isWorthSplitting(error)) {
      const alone = to - from === 1 && isOwnFault(error);
      await failBatch({ ...request, reason: failureOf(error).message, ...(alone ? { alone } : {}) });
      return null;
    }
    const middle = Math.floor((from + to) / 2);
    const first = await workBatch({ ...input, batch: { from, to: middle } }, work);
    return first ?? workBatch({ ...input, batch: { from: middle, to } }, work);
  }
};

/** How often a batch comes back for people it had to leave before it is begun again as another child. */
const mostRounds = 60;

const workOn = async (request: BatchRequest, work: WorkUsers): Promise<BatchEnd> => {
  for (let round = 1; ; round += 1) {
    const rest = await work(request);
    if (rest === null) return null;
    const { why, waitMs } = rest;
    if (why === 'closed' || round === mostRounds) return { left: why === 'closed' ? 'hours' : 'others', waitMs };
    await sleep(waitMs);
  }
};
