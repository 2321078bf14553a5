import type { Candidates } from '../activities/index.ts';
import type { Batch } from '../src/core/batch.ts';
import { batchSize } from '../src/core/batch.ts';

/** A batch to be begun again, and how often it was a child already. */
export type Back = Batch & { readonly tries: number };

/** How far the batches of one target have come; carried where the workflow is continued as new. */
export type Place = {
  /** Where the next new batch begins at the earliest, where there is work, and how many people it is for. */
  next: number;
  ranges: Candidates[number]['ranges'];
  count: number;
  back: Back[];
  /** When a target that is away or closed is tried again (epoch ms); null where nothing is waited for. */
  tryAt: number | null;
  isClosed: boolean;
  isProbed: boolean;
  /** Children at work. */
  underWay: number;
  /** An unexpected failure was waited out once in vain: from then on, batches that meet it are halved. */
  halves: boolean;
  /** What a target said that stayed unavailable for longer than the run's patience. */
  down: string | null;
};

/** The places of all targets. */
export type Places = Readonly<Record<string, Place>>;

/** Where a target's batches begin or continue. */
export const placeOf = ({ count, ranges }: Candidates[number], carried: Place | undefined): Place => ({
  next: 0,
  back: [],
  tryAt: null,
  isClosed: false,
  halves: false,
  down: null,
  ...carried,
  ...(carried === undefined ? {} : { isClosed: carried.isClosed && (carried.tryAt ?? 0) > Date.now() }),
  ranges,
  count,
  isProbed: false,
  underWay: 0,
});

/** Whether every batch of a target has ended. */
export const isDone = (place: Place): boolean =>
  nextStart(place) === null && place.back.length === 0 && place.underWay === 0;

/** Where the next new batch begins: positions without work are skipped. Null after the last range. */
export const nextStart = (place: Pick<Place, 'ranges' | 'next'>): number | null => nextBatch(place)?.from ?? null;

const nextBatch = ({ ranges, next }: Pick<Place, 'ranges' | 'next'>): Batch | null => {
  const range = ranges.find(([, to]) => next < to);
  if (range === undefined) return null;
  const from = Math.max(next, range[0]);
  return { from, to: range[2] === 'one' ? range[1] : from + batchSize };
};

/** The next batch: one that was put back, or a new one; null when there is none. */
export const takeBatch = (place: Place): Back | null => {
  const again = place.back.shift();
  if (again !== undefined) return again;
  const batch = nextBatch(place);
  if (batch === null) return null;
  place.next = batch.to;
  return { ...batch, tries: 0 };
};

/** About how many people have been taken up: a position without work counts as well, until all are. */
export const takenUp = ({ ranges, next, count }: Pick<Place, 'ranges' | 'next' | 'count'>): number => {
  if (nextStart({ ranges, next }) === null) return count;
  return Math.min(
    count,
    ranges.reduce(
      (sum, [from, to, one]) => sum + Math.min(one ? batchSize : to - from, Math.max(0, Math.min(to, next) - from)),
      0,
    ),
  );
};
