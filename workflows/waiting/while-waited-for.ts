import { ApplicationFailure, sleep } from '@temporalio/workflow';
import type { BatchRest } from '../../src/core/batch.ts';
import { metBy } from '../failures.ts';

/**
 * How long a user in front of a screen waits for a target: longer than the claims and slots of a killed worker last.
 */
const longestMs = 60_000;

/**
 * Runs a step for somebody who is waiting, and repeats it after a wait that a party asks for: up to a minute in all.
 */
export const askedAgain = async <Result>(
  work: () => Promise<Result>,
  until = Date.now() + longestMs,
): Promise<Result> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const met = metBy(error);
      if (met?.kind !== 'asked' || met.waitMs === null || Date.now() + met.waitMs > until) throw error;
      await sleep(met.waitMs);
    }
  }
};

/**
 * Works at a target for one person until nothing is left. It waits up to a minute in all if another run is writing the
 * person, if every slot is taken, or if the target asks for a short wait. Then it ends with what prevented it.
 */
export const whileWaitedFor = async (target: string, work: () => Promise<BatchRest>): Promise<void> => {
  const until = Date.now() + longestMs;
  for (;;) {
    const rest = await askedAgain(work, until);
    if (rest === null) return;
    const { why, waitMs } = rest;
    if (Date.now() + waitMs > until) throw ApplicationFailure.nonRetryable(inTheWay(target, why), 'unavailable');
    await sleep(waitMs);
  }
};

const inTheWay = (target: string, why: NonNullable<BatchRest>['why']): string =>
  why === 'busy'
    ? `For a minute, other runs were using every request that ${target} may get at once (inFlight). Start the run of this person again, or raise inFlight if the target can handle more.`
    : `For a minute, another run held the claim on this person's account at ${target}. The next run writes what was planned; start the run of this person again in a moment.`;
