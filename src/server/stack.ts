import { setTimeout as sleep } from 'node:timers/promises';

/** What has been started, in order; `close` ends it in the reverse order, whatever one part says or does not say. */
export type Stack = {
  /** `withinMs` is how long the end of the part is waited for; after that the next one's turn comes. */
  readonly add: (close: () => Promise<void>, withinMs?: number) => void;
  readonly close: () => Promise<void>;
};

const usualMs = 1_000;

/** An empty stack of started parts. What all parts may take together stays below the ten seconds of a stop. */
export const openStack = (): Stack => {
  const parts: (readonly [close: () => Promise<void>, withinMs: number])[] = [];
  let isClosed = false;
  return {
    add: (close, withinMs = usualMs) => {
      // A part that comes up after all was ended, because another one failed meanwhile, ends at once.
      if (isClosed) void close().catch(() => undefined);
      else parts.push([close, withinMs]);
    },
    close: async () => {
      isClosed = true;
      for (const [close, withinMs] of parts.splice(0).reverse()) {
        const closed = close().catch(() => undefined);
        const timer = new AbortController();
        await Promise.race([closed, sleep(withinMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
        timer.abort();
      }
    },
  };
};
