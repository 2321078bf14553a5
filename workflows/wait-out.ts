import { sleep } from '@temporalio/workflow';
import { askedWait } from './failures.ts';

/** A week: as long as a plan stays valid. Whoever is told to wait longer in all has been shut out. */
const longestMs = 7 * 24 * 3_600_000;

/** Works at a target, waiting by timer as often and as long as the target asks for; everything else passes through. */
export const waitOut = async (work: () => Promise<void>): Promise<void> => {
  for (let waitedMs = 0; ; ) {
    try {
      return await work();
    } catch (error) {
      const waitMs = askedWait(error);
      if (waitMs === null || waitedMs + waitMs > longestMs) throw error;
      waitedMs += waitMs;
      await sleep(waitMs);
    }
  }
};
