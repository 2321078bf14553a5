import { sql } from 'kysely';
import type { Ledger } from './open.ts';

/** Tables a run fills and joins within minutes: their figures are always out of date. */
type Filled = 'staged_user' | 'staged_key' | 'account' | 'account_key' | 'read_page' | 'change' | 'outcome';

/** A table that grows from run to run: analysed again when a fifth of it is new. */
type Grown = 'profile' | 'looked_for';

/**
 * Gives the planner fresh figures of tables that are about to be joined: without them it takes tables that were just
 * filled for empty and loops over rows, and a run's time grows with the square of its people. Each statement runs
 * alone, outside any transaction, and a table that another run is analysing is left to it: nobody waits here.
 */
export const refreshFigures = async (
  ledger: Ledger,
  { filled, grown }: { readonly filled: readonly Filled[]; readonly grown: readonly Grown[] },
): Promise<void> => {
  const { rows } = await sql<{ name: string }>`select c.relname as name from pg_class c
    left join pg_stat_user_tables t on t.relid = c.oid
    where c.oid = any(${grown}::text[]::regclass[])
      and (c.reltuples < 20000 or coalesce(t.n_mod_since_analyze, 0) > c.reltuples / 5)`.execute(ledger.db);
  for (const table of [...filled, ...rows.map(({ name }) => name)]) {
    await sql`analyze (skip_locked) ${sql.table(table)}`.execute(ledger.db);
  }
};
