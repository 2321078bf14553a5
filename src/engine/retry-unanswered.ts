import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../core/call.ts';
import { isFailure } from '../core/failure.ts';

/** How often one request is tried, and how many of a step may fail in a row, before the whole step counts as failed. */
const mostTries = 4;
const mostInARow = 4;
const firstWaitMs = 250;
const longestWaitMs = 3_000;

const failedInARow = new WeakMap<Call, number>();
const steps = new WeakMap<Call, Call>();

/** A call of the same step with something of its own: what fails in a row is counted for the step. */
export const partOf = (call: Call, own: Partial<Call>): Call => {
  const part = { ...call, ...own };
  steps.set(part, steps.get(call) ?? call);
  return part;
};

/**
 * Does some work again that failed because the other side did not answer. A step has few attempts, and on a bad line
 * every tenth of its hundreds of requests would use one up; where nothing is answered any more the step ends at once.
 * The work must bear repetition.
 */
export const retryUnanswered = async <Result>(call: Call, work: () => Promise<Result>): Promise<Result> => {
  const step = steps.get(call) ?? call;
  for (let tries = 1; ; tries += 1) {
    try {
      const result = await work();
      failedInARow.delete(step);
      return result;
    } catch (error) {
      if (!isFailure(error) || error.kind !== 'unavailable') throw error;
      const inARow = (failedInARow.get(step) ?? 0) + 1;
      failedInARow.set(step, inARow);
      const waitMs = error.facts.waitMs ?? firstWaitMs * 2 ** (tries - 1);
      if (tries === mostTries || inARow >= mostInARow || waitMs > longestWaitMs) throw error;
      await sleep(waitMs, undefined, { signal: call.signal });
    }
  }
};
