import { type RawBuilder, sql } from 'kysely';
import type { Report, RunMode } from '../../core/report/report.ts';
import type { Ledger } from '../open.ts';

/** Since when a connector has been without a run of everybody carried out: the last one, or its first version. */
export const withoutRunSince = (connector: RawBuilder<unknown>) => sql`coalesce(
  (select max(coalesce(r.finished_at, r.started_at)) from run r where r.connector = ${connector}
    and r.person is null and r.retry_of is null and r.status in ('done', 'doneWithFailures')),
  (select min(v.created_at) from connector_version v where v.connector = ${connector}))`;

/** The same for every connector. */
export const allWithoutRunSince = async (ledger: Ledger): Promise<ReadonlyMap<string, Date>> => {
  const { rows } = await sql<{ connector: string; since: Date }>`select c.id as connector,
      ${withoutRunSince(sql`c.id`)} as since from connector c`.execute(ledger.db);
  return new Map(rows.map(({ connector, since }) => [connector, since]));
};

/** When a run of everybody of each connector and mode was last carried out. */
export const lastSuccesses = async (
  ledger: Ledger,
): Promise<readonly { readonly connector: string; readonly mode: RunMode; readonly at: Date }[]> => {
  const { rows } = await sql<{ connector: string; mode: RunMode; at: Date }>`select connector, mode,
      max(finished_at) as at from run
    where person is null and retry_of is null and status in ('done', 'doneWithFailures')
      and finished_at is not null
    group by connector, mode order by connector, mode`.execute(ledger.db);
  return rows;
};

/** How many plans of each connector wait for somebody to decide. */
export const waitingPlans = async (
  ledger: Ledger,
): Promise<readonly { readonly connector: string; readonly plans: number }[]> => {
  const { rows } = await sql<{ connector: string; plans: number }>`select c.id as connector,
      count(r.id)::integer as plans from connector c
    left join run r on r.connector = c.id and r.status = 'awaitingApproval' and r.plan_expires_at > now()
    group by c.id order by c.id`.execute(ledger.db);
  return rows;
};

/** The report of the last run of each connector that read everybody and was carried out. */
export const lastFullReports = async (ledger: Ledger): Promise<readonly Report[]> => {
  const { rows } = await sql<{ report: Report }>`select distinct on (connector) report from run
    where person is null and status in ('done', 'doneWithFailures') and report #>> '{read,proof}' = 'everybody'
    order by connector, started_at desc`.execute(ledger.db);
  return rows.map(({ report }) => report);
};

/** How many slots of each target are taken, and how many single people wait for one. */
export const slotsTaken = async (
  ledger: Ledger,
): Promise<readonly { readonly target: string; readonly used: number; readonly waiting: number }[]> => {
  const { rows } = await sql<{ target: string; used: number; waiting: number }>`select target,
      sum(used)::integer as used, sum(waiting)::integer as waiting from (
        select target, 1 as used, 0 as waiting from target_slot where expires_at > clock_timestamp()
        union all select target, 0, 1 from slot_wait where expires_at > clock_timestamp()) both_kinds
    group by target order by target`.execute(ledger.db);
  return rows;
};
