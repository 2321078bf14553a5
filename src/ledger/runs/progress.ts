import { sql } from 'kysely';
import type { RunProgress } from '../../core/report/progress.ts';
import type { Ledger } from '../open.ts';
import { waitingFor } from './outages.ts';
import { lastFullRun } from './reference-run.ts';

/** Counts what a run has stored so far; null when there is no such run. */
export const runProgress = async (ledger: Ledger, run: string): Promise<RunProgress | null> => {
  type Row = Pick<RunProgress, 'run' | 'connector' | 'status' | 'phase' | 'calls' | 'elapsedMs' | 'waitedMs'> & {
    read: number;
    expected: number | null;
    toPlan: number;
    planned: number;
    changes: number;
    decided: number;
  };
  const { rows } = await sql<Row>`select r.id as run, r.connector, r.status, r.phase,
      (extract(epoch from case when r.status = 'running' then clock_timestamp()
        else coalesce(r.finished_at, clock_timestamp()) end - r.started_at) * 1000
        - r.waited_ms)::float8 as "elapsedMs",
      r.waited_ms as "waitedMs",
      (select coalesce(sum(users), 0)::integer from read_page p where p.run = r.id and p.read_no = r.read_no) as read,
      case when r.person is not null then 1 else (
        select (report #>> '{read,users}')::integer from run where id = ${lastFullRun({ id: sql.ref('r.id'), connector: sql.ref('r.connector') })}) end as expected,
      s.*, c.*,
      (select coalesce(sum(login + listing + read + write), 0)::integer from run_calls k where k.run = r.id) as calls
    from run r
    cross join lateral (
      select count(*)::integer as "toPlan", count(*) filter (where state not in ('staged', 'matched'))::integer as planned
      from staged_user u where u.run = r.id) s
    cross join lateral (
      select count(*)::integer as changes, count(*) filter (where status <> 'planned')::integer as decided
      from change h where h.run = r.id) c
    where r.id = ${run}`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) return null;
  const { read, expected, toPlan, planned, changes, decided, ...rest } = row;
  return {
    ...rest,
    users: { read, expected },
    people: { toPlan, planned },
    changes: { planned: changes, decided },
    waitingFor: await waitingFor(ledger, run),
  };
};
