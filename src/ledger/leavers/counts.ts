import { sql } from 'kysely';
import type { LeaverCounts } from '../../core/report/leaver-counts.ts';
import type { Ledger } from '../open.ts';

/** What a run found about leavers, by target; null for a run that could not tell who is gone. */
export const leaverCounts = async (ledger: Ledger, run: string): Promise<ReadonlyMap<string, LeaverCounts> | null> => {
  const { rows: told } = await sql`select 1 from run where id = ${run} and leaver_spans is not null`.execute(ledger.db);
  if (told.length === 0) return null;
  type Row = Omit<LeaverCounts, 'next'> & { readonly target: string; readonly next: Date | null };
  const { rows } = await sql<Row>`with found as (
      select g.target, g.kind, g.listed, l.cleared_at, s.person is not null as due,
        coalesce(case when l.kind = g.kind then l.since end, now())
          + make_interval(secs => (r.leaver_spans ->> g.kind)::float8) as clear_at
      from run_leaver g join run r on r.id = g.run
      left join leaver l on l.connector = r.connector and l.target = g.target and l.person = g.person
      left join staged_user s on s.run = g.run and s.target = g.target and s.person = g.person
      where g.run = ${run})
    select target,
      count(*) filter (where kind = 'disabled' and cleared_at is null)::integer as disabled,
      count(*) filter (where kind = 'outOfScope' and cleared_at is null)::integer as "outOfScope",
      count(*) filter (where kind = 'deleted' and cleared_at is null)::integer as deleted,
      count(*) filter (where kind is null)::integer as unanswered,
      count(*) filter (where clear_at is not null and cleared_at is null and not due)::integer as waiting,
      min(clear_at) filter (where cleared_at is null and not due) as next,
      count(*) filter (where due)::integer as due,
      count(*) filter (where due and not listed)::integer as unread
    from found group by target`.execute(ledger.db);
  return new Map(rows.map(({ target, next, ...counts }) => [target, { ...counts, next: next?.toISOString() ?? null }]));
};
