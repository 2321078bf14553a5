import { setTimeout as sleep } from 'node:timers/promises';
import { isFailure } from '../src/core/failure.ts';

/** Tries again while the API does not answer; null when it did not for so long. What it refuses is thrown. */
export const persistently = async <T>(forMs: number, work: () => Promise<T>): Promise<T | null> => {
  const until = Date.now() + forMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const passes = !isFailure(error) || error.kind === 'unavailable' || error.kind === 'notFound';
      if (!passes) throw error;
      if (Date.now() > until) return null;
      await sleep(300);
    }
  }
};

/** Asks until the answer is as wanted; null when it was not in time, which is a hang. */
export const until = async <T>(
  ask: () => Promise<T | null>,
  isWanted: (answer: T) => boolean,
  withinMs: number,
  everyMs = 400,
): Promise<T | null> => {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && isWanted(answer)) return answer;
    if (Date.now() > end) return null;
    await sleep(everyMs);
  }
};
