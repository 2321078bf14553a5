import { sql } from 'kysely';
import type { Ledger } from './open.ts';
import { inTransaction } from './transaction.ts';

/** Tables a run fills and joins within minutes: their figures are always out of date. */
type Filled = 'staged_user' | 'staged_key' | 'account' | 'account_key' | 'read_page' | 'change' | 'outcome';

/** A table that grows from run to run: analysed again when a fifth of it is new. */
type Grown = 'profile' | 'looked_for';

/**
 * How closely tables are looked at: 300 rows for each of these. How many rows there are decides between a loop and a join,
 * and that is known from fewer; a look by PostgreSQL's own measure, 100, took half as long as everything else.
 */
const target = 10;

/** Of a page it is enough to know how many there are: who stood on it would have to be read whole, which takes a second. */
const onlyColumns: Partial<Record<Filled | Grown, readonly string[]>> = { read_page: ['run', 'read_no', 'page_no'] };

/**
 * Gives the planner fresh figures of tables that are about to be joined: without them it takes tables that were just
 * filled for empty and loops over rows, and a run's time grows with the square of its people. Each statement is a
 * transaction of its own, and a table that another run is analysing is left to it: nobody waits here.
 */
export const refreshFigures = async (
  ledger: Ledger,
  { filled, grown }: { readonly filled: readonly Filled[]; readonly grown: readonly Grown[] },
): Promise<void> => {
  const { rows } = await sql<{ name: string }>`select c.relname as name from pg_class c
    left join pg_stat_user_tables t on t.relid = c.oid
    where c.oid = any(${grown}::text[]::regclass[])
      and (c.reltuples < 20000 or coalesce(t.n_mod_since_analyze, 0) > c.reltuples / 5)`.execute(ledger.db);
  for (const table of [...filled, ...grown.filter((one) => rows.some(({ name }) => name === one))]) {
    await inTransaction(ledger, async (trx) => {
      await sql`set local default_statistics_target = ${sql.lit(target)}`.execute(trx);
      const columns = onlyColumns[table];
      const of = columns === undefined ? sql`` : sql`(${sql.join(columns.map((column) => sql.ref(column)))})`;
      await sql`analyze (skip_locked) ${sql.table(table)} ${of}`.execute(trx);
    });
  }
};
