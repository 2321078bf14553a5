import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { changedBy, type NoticeEvent, type NoticeFacts, noticeOf, type Trouble } from '../../core/report/notices.ts';
import type { Report } from '../../core/report/report.ts';
import type { Ledger } from '../open.ts';
import type { Run } from '../runs/runs.ts';
import { withoutRunSince } from '../runs/standing.ts';
import { inTransaction } from '../transaction.ts';
import { keptNotice } from './outbox.ts';

/** Whether the current version of connector `id` has any receiver. */
const hasHooks = (id: string) => sql`exists (select 1 from connector c join connector_version v on v.connector = c.id
  where c.id = ${id} and c.retired_at is null and v.version = c.current_version
    and jsonb_array_length(coalesce(v.definition #> '{connector,notify}', '[]')) > 0)`;

/**
 * Stores a notice to be sent; nothing if there is no receiver. To be called in the transaction of the change it
 * reports.
 */
const writeNotice = async (
  ledger: Ledger,
  connector: string,
  event: NoticeEvent,
  facts: NoticeFacts,
): Promise<void> => {
  await sql`insert into notice (id, connector, event, facts)
    select ${randomUUID()}, ${connector}, ${event}, ${keptNotice.text(facts)}::jsonb where ${hasHooks(connector)}`.execute(
    ledger.db,
  );
};

/**
 * Stores the notices caused by the end of a run, each once: to be called in the transaction that ends it. A plan that
 * replaces an already held one is no change; nor does a run end what it holds only in part.
 */
export const noteEnd = async (ledger: Ledger, run: Run, report: Report): Promise<void> => {
  if (run.person !== null || (run.retryOf !== null && report.status !== 'awaitingApproval')) return;
  const before = await lockTrouble(ledger, run.connector);
  const { events, trouble } = changedBy(report, before);
  for (const event of events) {
    const since = event === 'recovered' ? (before.since?.toISOString() ?? null) : null;
    await writeNotice(ledger, run.connector, event, noticeOf(event, report, run, since));
  }
  const isHeld = report.status === 'awaitingApproval';
  // Whatever of the plan a run of everybody that was carried out left waiting is superseded by it.
  const endsHolding = trouble === null && !isHeld && report.holds === null && run.mode !== 'delta';
  await sql`update connector_trouble set trouble = ${trouble},
      since = case when trouble is not distinct from ${trouble}::text then since when ${trouble}::text is not null then now() end,
      held_run = case when ${isHeld} then ${run.id} when ${endsHolding} then null else held_run end
    where connector = ${run.connector}`.execute(ledger.db);
};

type Before = { readonly trouble: Trouble | null; readonly since: Date | null; readonly isHeld: boolean };

/** What has been reported about a connector, locked until the transaction ends. */
const lockTrouble = async (ledger: Ledger, connector: string): Promise<Before> => {
  await sql`insert into connector_trouble (connector) values (${connector}) on conflict do nothing`.execute(ledger.db);
  const { rows } = await sql<Before>`select trouble, since, exists (select 1 from run r where r.id = t.held_run
      and (r.status = 'superseded' or (r.status = 'awaitingApproval' and r.plan_expires_at > now()))) as "isHeld"
    from connector_trouble t where connector = ${connector} for no key update of t`.execute(ledger.db);
  return rows[0] ?? { trouble: null, since: null, isHeld: false };
};

/** How long a connector may be without a run carried out; null for ever. */
export type Patience = { readonly connector: string; readonly seconds: number | null };

/**
 * Stores a notice for each connector that has gone without a completed run for longer than allowed and whose trouble
 * has not been reported. Any number of processes may do so at once.
 */
export const noteStale = async (ledger: Ledger, patience: readonly Patience[]): Promise<void> => {
  for (const { connector, seconds } of patience) {
    if (seconds === null) continue;
    await inTransaction(ledger, async (trx) => {
      const within = { ...ledger, db: trx };
      if ((await lockTrouble(within, connector)).trouble !== null) return;
      const { rows } = await sql<{ since: Date; isStale: boolean }>`select s.since,
          s.since < now() - make_interval(secs => ${seconds}) as "isStale"
        from (select ${withoutRunSince(sql`${connector}::text`)} as since) s`.execute(trx);
      const [found] = rows;
      if (found === undefined || !found.isStale) return;
      const since = found.since.toISOString();
      await sql`update connector_trouble set trouble = 'stale', since = now() where connector = ${connector}`.execute(
        trx,
      );
      await writeNotice(within, connector, 'stale', {
        run: null,
        since,
        count: null,
        text: `${connector}: no run of everybody has been carried out since ${since}.`,
        remedy: 'See `attune runs`, and whether its schedules are paused.',
      });
    });
  }
};

/** Stores one notice of leavers whose values are due within a day and who have not been reported yet. */
export const noteLeaversDue = async (ledger: Ledger, run: Pick<Run, 'id' | 'connector'>): Promise<void> => {
  const { rows } = await sql<{ count: number; first: Date | null }>`with told as (
      update leaver set told = true where connector = ${run.connector} and not told and cleared_at is null
        and clear_at <= now() + interval '1 day' returning clear_at)
    select count(*)::integer as count, min(clear_at) as first from told`.execute(ledger.db);
  const { count, first } = rows[0] ?? { count: 0, first: null };
  if (count === 0) return;
  await writeNotice(ledger, run.connector, 'leaverDue', {
    run: run.id,
    since: first?.toISOString() ?? null,
    count,
    text: `${run.connector}: the values of ${count} people who have left are due to be cleared within a day or with the next run.`,
    remedy: `See \`attune leavers ${run.connector}\`.`,
  });
};
