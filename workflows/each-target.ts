import { isCancellation } from '@temporalio/workflow';
import type { Refused } from '../activities/index.ts';
import { endsRun, failureOf } from './failures.ts';
import { failBatch } from './options.ts';

/** All positions there are in a target. */
const everybody = { from: 0, to: 2_147_483_647 };

/** Ends the people of targets that refuse to be worked with as failed, each with the reason its target gave. */
export const failRefused = async (run: string, refused: Refused): Promise<void> => {
  for (const [target, reason] of Object.entries(refused)) await failBatch({ run, target, batch: everybody, reason });
};

type Trouble = { readonly target: string; readonly error: unknown };

/**
 * Does the same work for each target at once. Where it fails, the people of that target end as failed and the others go
 * on; what ends the run, or what holds for every target, is thrown when all have stopped.
 */
export const eachTarget = async (
  run: string,
  targets: readonly string[],
  work: (target: string) => Promise<void>,
): Promise<void> => {
  const ends = await Promise.all(
    targets.map(async (target): Promise<Trouble | null> => {
      try {
        await work(target);
        return null;
      } catch (error) {
        return { target, error };
      }
    }),
  );
  const troubles = ends.filter((end) => end !== null);
  const ending = troubles.find(({ error }) => isCancellation(error) || endsRun(error));
  if (ending !== undefined) throw ending.error;
  const [first] = troubles;
  if (first !== undefined && troubles.length === targets.length) throw first.error;
  for (const { target, error } of troubles) {
    await failBatch({ run, target, batch: everybody, reason: failureOf(error).message });
  }
};
