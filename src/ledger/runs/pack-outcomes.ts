import { sql } from 'kysely';
import type { Ledger } from '../open.ts';

/**
 * Whether the outcomes of run `r` are packed once its staging is removed: it read more than one person, and has ended for
 * good. A plan that was rejected or has expired keeps its rows, for they are few.
 */
const isPacked = sql`(r.person is null and r.status in ('done', 'doneWithFailures', 'failed', 'cancelled'))`;

/**
 * Puts up to `limit` outcomes of a run together: all who ended at a target in the same way, for the same reason, into one
 * row. In nearly every run the same people have no account, are inactive or are left out; kept one by one, they took more
 * room than everything else a run leaves behind. Says how many there were: fewer than `limit` when all are done.
 */
export const packOutcomes = async (ledger: Pick<Ledger, 'db'>, run: string, limit: number): Promise<number> => {
  const { rows } = await sql<{ count: number }>`with gone as (
      delete from outcome where ctid = any(array(
        select ctid from outcome o where o.run = ${run} and exists (
          select 1 from run r where r.id = o.run and ${isPacked}) limit ${limit}))
      returning run, target, person, outcome, reason, facts),
    packed as (
      insert into packed_outcome (run, target, outcome, reason, facts, people)
      select run, target, outcome, reason, facts, array_agg(person order by person) from gone
      group by run, target, outcome, reason, facts)
    select count(*)::integer as count from gone`.execute(ledger.db);
  return rows[0]?.count ?? 0;
};
