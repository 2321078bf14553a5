import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { Activities } from './temporal-activities.ts';

const { readPage, findAccount, compare, write } = proxyActivities<Activities>({ startToCloseTimeout: '5m' });

type Input = {
  readonly targets: readonly string[];
  readonly atOnce: number;
  readonly cursor: string | null;
  readonly applied: number;
};

/** The obvious program: reads a page, and takes each person through the steps, so many at once at each product. */
export const syncEverybody = async (input: Input): Promise<number> => {
  const { people, next } = await readPage(input.cursor);
  let applied = input.applied;
  await Promise.all(
    input.targets.map(async (target) => {
      const queue = people.values();
      const lane = async (): Promise<void> => {
        for (const person of queue) {
          const found = await findAccount(target, person);
          if (found === null) continue;
          const changes = await compare(target, found.account, found.wanted);
          if (changes.length > 0) applied += await write(target, found.account, changes);
        }
      };
      await Promise.all(Array.from({ length: input.atOnce }, lane));
    }),
  );
  if (next !== null) return continueAsNew<typeof syncEverybody>({ ...input, cursor: next, applied });
  return applied;
};
