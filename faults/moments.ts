import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';

/** When something happens: at a time, or when so many more requests of some kinds were made, but not much later. */
export type Moment = { readonly afterMs: number; readonly requests: readonly string[] | null; readonly more: number };

const kinds = [
  ['entra listing', 'entra read', 'entra other'],
  ['entra login', 'jira login', 'confluence login'],
  ['jira listing', 'confluence listing'],
  ['jira read', 'confluence read'],
  ['jira write', 'confluence write'],
  ['jira write', 'confluence write'],
  ['jira write', 'confluence write'],
] as const;

/** Draws a moment within so many milliseconds; more often than not one in the middle of the work. */
export const drawMoment = (random: Random, withinMs: number): Moment => {
  const afterMs = random.number(0, withinMs);
  const requests = random.chance(0.6) ? random.one(kinds) : null;
  return { afterMs, requests, more: random.whole(1, 12) };
};

/** Waits for moments, counted from now on. */
export const openMoments = async (counts: () => Promise<Readonly<Record<string, number>>>) => {
  const began = Date.now();
  let now = await counts();
  let over = false;
  const watching = (async () => {
    while (!over) {
      await sleep(50);
      now = await counts();
    }
  })();
  const sum = (of: readonly string[]): number => of.reduce((total, kind) => total + (now[kind] ?? 0), 0);
  return {
    /** Resolves when the moment has come. Requests are counted from the asked-for time on. */
    reached: async ({ afterMs, requests, more }: Moment, atMostMs: number): Promise<void> => {
      if (requests === null) return sleep(Math.max(0, began + afterMs - Date.now()));
      await sleep(Math.max(0, began + afterMs / 2 - Date.now()));
      const from = sum(requests);
      while (Date.now() < began + atMostMs && sum(requests) < from + more) await sleep(20);
    },
    close: async (): Promise<void> => {
      over = true;
      await watching;
    },
  };
};
