import { sql } from 'kysely';
import type { ReasonCode } from '../../core/report/reasons.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { readFromStart } from '../runs/reference-run.ts';
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
 * The people whose changes nobody will write now, although the place has moved beyond them: their held plan was turned
 * down, ran out of time, was broken off, or gave way to a plan that was not carried out, since the run began that moved
 * the place last. Of the part that a run took out these are all of its people. Of a plan that was held as a whole they are
 * those whom an increment, or a retry, has read meanwhile: the others are still ahead of the place.
 */
export const givenUp = async (ledger: Ledger, connector: string): Promise<readonly SourceId[]> => {
  const { rows } = await sql<{ id: string }>`with plan as materialized (
      select h.id, h.started_at, case when h.held_from is null then h.guard -> 'atFault' end as attributes
      from watermark w join run m on m.id = w.run
      join run h on h.connector = w.connector and h.person is null
        and (h.held_from is not null or h.guard -> 'atFault' is not null)
      where w.connector = ${connector} and (
        (h.status = 'rejected' and exists (select 1 from decision d
          where d.run = h.id and d.decision = 'rejected' and d.decided_at > m.started_at))
        or (h.status in ('failed', 'cancelled') and h.finished_at > m.started_at)
        or (h.status = 'superseded' and exists (select 1 from run s
          where s.id = h.superseded_by and s.started_at > m.started_at))
        or (h.status in ('awaitingApproval', 'planned') and h.plan_expires_at <= now()
          and h.plan_expires_at > m.started_at))),
    passed as materialized (
      select h.id, unnest(p.seen) as person
      from plan h join run e on e.connector = ${connector} and e.person is null and e.mode = 'delta'
        and e.status in ('done', 'doneWithFailures') and e.finished_at > h.started_at and not ${readFromStart}
      join read_page p on p.run = e.id and p.read_no = e.read_no
      where h.attributes is not null)
    select distinct c.person as id from plan h join change c on c.run = h.id and c.status = 'planned'
    where h.attributes is null or (h.attributes @> jsonb_build_array(
        jsonb_build_object('target', c.target, 'attribute', c.attribute))
      and exists (select 1 from passed p where p.id = h.id and p.person = c.person))
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
