import { sql } from 'kysely';
import type { Ledger } from './open.ts';

/** Tables a run fills and joins within minutes: their figures are always out of date. */
type Filled = 'staged_user' | 'staged_key' | 'account' | 'account_key' | 'read_page';

/** A table that grows from run to run: looked at anew when a fifth of it is. */
type Grown = 'profile' | 'looked_for';

/**
 * Gives the planner fresh figures of tables that are about to be joined: without them it takes what was filled a moment
 * ago for empty and loops over rows, and a run's time grows with the square of its people. Each stands alone, outside any
 * transaction, and a table that another run looks at just then is left to that one: nobody waits here for anybody.
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
