import { sql } from 'kysely';
import type { ReasonCode } from '../../core/report/reasons.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { seal, unseal } from '../sealing/sealed.ts';

type RunOf = { readonly id: string; readonly connector: string; readonly version: number; readonly readNo: number };

/** A place belongs to one version of the document: after a change of it everybody has to be looked at again. */
export const watermarkBasis = ({ version }: Pick<RunOf, 'version'>): string => `version ${version}`;

/** The position from which the next increment of a connector continues; null if there is none for this basis. */
export const currentWatermark = async (ledger: Ledger, connector: string, basis: string): Promise<string | null> => {
  const { rows } = await sql<{ sealed: Buffer }>`select value_sealed as sealed from watermark
    where connector = ${connector} and basis = ${basis}`.execute(ledger.db);
  const row = rows[0];
  return row === undefined ? null : unseal(ledger, 'watermark', { connector }, row.sealed);
};

/** Moves the place to where a run's read ended; a source that gives no place leaves none. */
export const moveWatermark = async (ledger: Ledger, run: RunOf): Promise<void> => {
  const { rows } = await sql<{ pageNo: number; sealed: Buffer }>`select page_no as "pageNo",
      watermark_sealed as sealed from read_page
    where run = ${run.id} and read_no = ${run.readNo} and watermark_sealed is not null
    order by page_no desc limit 1`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) {
    await sql`delete from watermark where connector = ${run.connector}`.execute(ledger.db);
    return;
  }
  const reached = unseal(ledger, 'reached', { run: run.id, readNo: run.readNo, pageNo: row.pageNo }, row.sealed);
  const sealed = seal(ledger, 'watermark', { connector: run.connector }, reached);
  await sql`insert into watermark (connector, basis, value_sealed, run)
    values (${run.connector}, ${watermarkBasis(run)}, ${sealed}, ${run.id})
    on conflict (connector) do update set basis = excluded.basis, value_sealed = excluded.value_sealed,
      run = excluded.run, stored_at = now()`.execute(ledger.db);
};

/**
 * The people whose changes the guard took out of a run that moved the place, and whom nobody will write now: their plan
 * was turned down, ran out of time, was broken off, or gave way to a plan that was not carried out, since the run began
 * that moved it last.
 */
export const givenUp = async (ledger: Ledger, connector: string): Promise<readonly SourceId[]> => {
  const { rows } = await sql<{ id: string }>`select distinct c.person as id
    from watermark w join run m on m.id = w.run
    join run h on h.connector = w.connector and h.held_from is not null
    join change c on c.run = h.id and c.status = 'planned'
    where w.connector = ${connector} and (
      (h.status = 'rejected' and exists (select 1 from decision d
        where d.run = h.id and d.decision = 'rejected' and d.decided_at > m.started_at))
      or (h.status in ('failed', 'cancelled') and h.finished_at > m.started_at)
      or (h.status = 'superseded' and exists (select 1 from run s
        where s.id = h.superseded_by and s.started_at > m.started_at))
      or (h.status = 'awaitingApproval' and h.plan_expires_at <= now() and h.plan_expires_at > m.started_at))
    order by id`.execute(ledger.db);
  return rows.map(({ id }) => id);
};

/** Why a person was skipped whom the next increment must look at again. */
const lookAgain: readonly ReasonCode[] = ['targetMoved', 'newerRun', 'sourceMoved', 'outsideHours'];

/**
 * The people whom the run that moved the place, or an approved plan carried out since, passed over for now: an increment
 * takes them up again.
 */
export const passedOver = async (ledger: Ledger, connector: string): Promise<readonly SourceId[]> => {
  const { rows } = await sql<{ id: string }>`select distinct o.person as id
    from watermark w join run m on m.id = w.run
    join run e on e.connector = w.connector and e.person is null and e.status in ('done', 'doneWithFailures')
      and e.finished_at > m.started_at
    join outcome o on o.run = e.id
    where w.connector = ${connector} and o.reason = any(${lookAgain}::text[])
    order by id`.execute(ledger.db);
  return rows.map(({ id }) => id);
};
