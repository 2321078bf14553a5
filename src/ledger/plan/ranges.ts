import { sql } from 'kysely';
import type { Ledger } from '../open.ts';

/** Positions from the first of each pair up to the second, exclusive; in order, and apart from each other. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** Where a target has work, and for how many people. */
export type WorkAt = { readonly target: string; readonly count: number; readonly ranges: Ranges };

type Found = { readonly target: string; readonly part: number; readonly people: number };

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

/** Parts that follow each other are one range, so that a history stays small however many people there are. */
const joined = (found: readonly Found[], size: number): readonly WorkAt[] => {
  const targets = new Map<string, { count: number; ranges: [number, number][] }>();
  for (const { target, part, people } of found) {
    const at = targets.get(target) ?? { count: 0, ranges: [] };
    targets.set(target, at);
    at.count += people;
    const last = at.ranges.at(-1);
    if (last?.[1] === part * size) last[1] += size;
    else at.ranges.push([part * size, (part + 1) * size]);
  }
  return [...targets].map(([target, at]) => ({ target, ...at }));
};
