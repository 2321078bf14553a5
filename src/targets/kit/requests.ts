import type { AlikeChanges, CountRequests } from '../../core/plan/requests.ts';

/** What one account takes: reads before its values are written, writes, and reads to read it back. */
type PerAccount = {
  readonly reads: (one: AlikeChanges) => number;
  readonly writes: (one: AlikeChanges) => number;
  readonly readBack: (one: AlikeChanges) => number;
};

/** How many accounts are read back, by the rule of `readBackEvery` in one process: the first, and every so many after it. */
const readBackOf = (people: number, every: number): number => (every === 0 ? 0 : Math.ceil(people / every));

const sumOf = <Item>(items: readonly Item[], count: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + count(item), 0);

/**
 * Requests where one account is written at a time. Whoever is read back is taken to be among those who take the most for
 * it.
 */
export const requestsOneByOne =
  ({ reads, writes, readBack }: PerAccount, every: number): CountRequests =>
  (plan) => ({
    reads:
      sumOf(plan, (one) => one.people * reads(one)) +
      readBackOf(
        sumOf(plan, ({ people }) => people),
        every,
      ) *
        Math.max(0, ...plan.map(readBack)),
    writes: sumOf(plan, (one) => one.people * writes(one)),
  });

/** Requests where up to `size` accounts of a batch are written with one, which compares by itself. */
export const requestsTogether =
  (size: number, every: number): CountRequests =>
  (plan) => {
    const batches = new Map<number, number>();
    for (const { batch, people } of plan) batches.set(batch, (batches.get(batch) ?? 0) + people);
    return {
      reads: readBackOf(
        sumOf(plan, ({ people }) => people),
        every,
      ),
      writes: sumOf([...batches.values()], (people) => Math.ceil(people / size)),
    };
  };
