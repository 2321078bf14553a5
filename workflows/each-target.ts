import { CancellationScope, isCancellation } from '@temporalio/workflow';
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
 * Does the same work for each target at once. If it fails, the people of that target end as failed and the others
 * continue; a failure that ends the run ends the work at every target at once, and a failure at all of them is thrown.
 */
export const eachTarget = async (
  run: string,
  targets: readonly string[],
  work: (target: string) => Promise<void>,
): Promise<void> => {
  const scope = new CancellationScope();
  let ending: Trouble | null = null;
  const troubles: Trouble[] = [];
  const one = async (target: string): Promise<void> => {
    try {
      await work(target);
    } catch (error) {
      troubles.push({ target, error });
      if (!isCancellation(error) && !endsRun(error)) return;
      ending ??= { target, error };
      scope.cancel();
    }
  };
  await scope.run(async () => {
    await Promise.all(targets.map(one));
  });
  throwTrouble(ending);
  const [first] = troubles;
  if (first !== undefined && troubles.length === targets.length) throw first.error;
  for (const { target, error } of troubles) {
    await failBatch({ run, target, batch: everybody, reason: failureOf(error).message });
  }
};

const throwTrouble = (trouble: Trouble | null): void => {
  if (trouble !== null) throw trouble.error;
};
