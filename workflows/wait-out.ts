import { sleep } from '@temporalio/workflow';
import type { BatchRest } from '../src/core/batch.ts';
import { askedWait } from './failures.ts';

/** A week: as long as a plan stays valid. Whoever is told to wait longer in all has been shut out. */
const longestMs = 7 * 24 * 3_600_000;

/**
 * Works at a target until nothing is left, waiting by timer: as often and as long as the target asks for, and for what a
 * step had to leave because others were at it. Everything else passes through.
 */
export const waitOut = async (work: () => Promise<BatchRest | undefined>): Promise<void> => {
  for (let waitedMs = 0; ; ) {
    try {
      const rest = await work();
      // A step of an earlier release answers nothing.
      if (rest === null || rest === undefined) return;
      await sleep(rest.waitMs);
    } catch (error) {
      const waitMs = askedWait(error);
      if (waitMs === null || waitedMs + waitMs > longestMs) throw error;
      waitedMs += waitMs;
      await sleep(waitMs);
    }
  }
};
