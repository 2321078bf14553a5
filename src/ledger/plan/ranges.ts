import { sql } from 'kysely';
import type { Ledger } from '../open.ts';

/**
 * Positions from the first of each pair up to the second, exclusive; in order, and apart from each other. A range with
 * few people far apart is marked as `one` batch, however many positions it spans.
 */
export type Ranges = readonly (readonly [from: number, to: number, one?: 'one'])[];

/** Where a target has work, and for how many people. */
export type WorkAt = { readonly target: string; readonly count: number; readonly ranges: Ranges };

/** How many people of a part of the positions have work; parts come in order. */
export type Found = { readonly target: string; readonly part: number; readonly people: number };

/** The positions, in parts of `size`, that have somebody matched whose plan is not stored. */
export const rangesToPlan = async (ledger: Ledger, run: string, size: number): Promise<readonly WorkAt[]> => {
  const { rows } = await sql<Found>`select target, pos / ${size}::integer as part, count(*)::integer as people
    from staged_user where run = ${run} and state = 'matched' group by 1, 2 order by 1, 2`.execute(ledger.db);
  return joined(rows, size);
};

/** The positions, in parts of `size`, that have somebody with a change that is not decided. */
export const rangesToApply = async (ledger: Ledger, run: string, size: number): Promise<readonly WorkAt[]> => {
  const { rows } =
    await sql<Found>`select target, pos / ${size}::integer as part, count(distinct pos)::integer as people
    from change where run = ${run} and status in ('planned', 'begun') group by 1, 2 order by 1, 2`.execute(ledger.db);
  return joined(rows, size);
};

/** A range while parts are joined to it, and how many people it holds. */
type Joined = { from: number; to: number; people: number };

/**
 * Parts that follow each other are one range, so that a history stays small however many people there are; and so are
 * parts with few people, up to what one batch is for, because a batch costs more than the few people in it.
 */
export const joined = (found: readonly Found[], size: number): readonly WorkAt[] => {
  const targets = new Map<string, Joined[]>();
  for (const { target, part, people } of found) {
    const ranges = targets.get(target) ?? [];
    targets.set(target, ranges);
    const next = { from: part * size, to: (part + 1) * size, people };
    const last = ranges.at(-1);
    if (last === undefined || !joins(last, next, size)) ranges.push(next);
    else ranges.splice(-1, 1, { from: last.from, to: next.to, people: last.people + people });
  }
  return [...targets].map(([target, ranges]) => ({
    target,
    count: ranges.reduce((sum, { people }) => sum + people, 0),
    ranges: ranges.map((range): Ranges[number] =>
      isOne(range, size) ? [range.from, range.to, 'one'] : [range.from, range.to],
    ),
  }));
};

const joins = (last: Joined, next: Joined, size: number): boolean =>
  last.people + next.people <= size || (last.to === next.from && !isOne(last, size) && next.people > size / 2);

/** Whether a range is one batch: its people are as few as one is for, and it spans more positions. */
const isOne = ({ from, to, people }: Joined, size: number): boolean => people <= size && to - from > size;
