import type { Lease } from './lease.ts';

/** After how long a lane that works with more than the lease began with leaves its slot to others. */
const furtherMs = 5_000;

/**
 * Runs `work` over all items, as many at a time as the lease has slots; the first error stops the start of further ones
 * and is thrown. If slots were lost to others, the remaining items are left undone.
 */
export const inLanes = async <Item>(
  { slots, call, giveWay, grow, giveBack }: Lease,
  items: Iterator<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  let isOver = false;
  const lane = async (): Promise<boolean> => {
    call.signal.throwIfAborted();
    if (!(await giveWay())) return false;
    const { done, value } = items.next();
    if (done === true) {
      isOver = true;
      // Another lane may be waiting to come back: it would wait for ever for slots that its own lease holds and does not use.
      await giveBack();
      return false;
    }
    await work(value);
    return true;
  };
  const further = (): Step => {
    const since = performance.now();
    return async () => {
      if (performance.now() - since < furtherMs) return lane();
      await giveBack();
      return false;
    };
  };
  await lanes(slots, lane, (start) => {
    grow({
      wants: () => !isOver,
      take: (more) => {
        for (let n = 0; n < more; n += 1) start(further());
      },
    });
  });
  isOver = true;
};

/** Runs `work` over all items, `width` at a time; the first error stops the start of further ones and is thrown. */
export const inParallel = async <Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const queue = items.values();
  await lanes(width, async () => {
    const { done, value } = queue.next();
    if (done === true) return false;
    await work(value);
    return true;
  });
};

/** A piece of work of a lane; false when there is no more. */
type Step = () => Promise<boolean>;

/** Calls `step` in each lane until there is no more, or until one throws; `more` may start further lanes meanwhile. */
const lanes = async (width: number, step: Step, more?: (start: (step: Step) => void) => void): Promise<void> => {
  let failure: { readonly error: unknown } | null = null;
  const under = new Set<Promise<void>>();
  const lane = async (next: Step): Promise<void> => {
    try {
      while (failure === null && (await next()));
    } catch (error) {
      failure ??= { error };
    }
  };
  const start = (next: Step): void => {
    const begun = lane(next).finally(() => under.delete(begun));
    under.add(begun);
  };
  for (let n = 0; n < width; n += 1) start(step);
  more?.(start);
  while (under.size > 0) await Promise.all(under);
  throwIfFailed(failure);
};

const throwIfFailed = (failure: { readonly error: unknown } | null): void => {
  if (failure !== null) throw failure.error;
};
