import { sql } from 'kysely';
import type { Ledger } from '../open.ts';
import type { Run } from '../runs/runs.ts';
import { leaveRest } from './take-out.ts';

/**
 * Takes out of a plan what a held part of an earlier run owns until somebody has decided: an increment that comes to a
 * few of its people for another reason would write it by and by, a little below every threshold at a time. A held part
 * of another version of the document owns nothing: the mapping may have been mended since.
 */
export const leaveHeld = async (ledger: Ledger, run: Pick<Run, 'id' | 'connector' | 'version'>): Promise<void> => {
  type Row = { target: string; pos: number; held: string };
  const { rows } = await sql<Row>`delete from change c using change h join run r on r.id = h.run
    where c.run = ${run.id} and c.status = 'planned' and r.connector = ${run.connector} and r.held_from is not null
      and r.held_from <> ${run.id} and r.version = ${run.version}
      and (r.status = 'approved' or (r.status = 'awaitingApproval' and r.plan_expires_at > now()))
      and h.status = 'planned' and h.target = c.target and h.person = c.person and h.attribute = c.attribute
    returning c.target, c.pos, h.run as held`.execute(ledger.db);
  for (const [held, changes] of Map.groupBy(rows, (row) => row.held)) {
    const people = sql`select * from unnest(${changes.map(({ target }) => target)}::text[],
      ${changes.map(({ pos }) => pos)}::integer[])`;
    await leaveRest(ledger, run.id, people, { reason: 'held', facts: { run: held } });
  }
};
