import { sql } from 'kysely';
import { sentenceOf } from '../../core/report/reasons.ts';
import type { Ledger } from '../open.ts';
import { inTransaction } from '../transaction.ts';

/** The run under which the source of an approved plan is read again. */
const lookOf = (run: string): string => `${run}-look`;

/**
 * Begins to read the source of a plan again, under a run that only this plan knows; null where nothing of the plan is left
 * to be written. It reads by the version of the plan, so that like is compared with like.
 */
export const openLook = async (ledger: Ledger, run: string): Promise<string | null> => {
  await closeLook(ledger, run);
  const { rows } = await sql<{ id: string }>`insert into run (id, connector, version, mode, intent, person, workflow_id,
      namespace, started_by, looks_for)
    select ${lookOf(run)}, connector, version, case when mode = 'verify' then 'verify' else 'full' end, 'plan', person,
      workflow_id, namespace, started_by, id
    from run where id = ${run} and exists (select 1 from change c where c.run = ${run} and c.status = 'planned')
    returning id`.execute(ledger.db);
  return rows[0]?.id ?? null;
};

/**
 * Ends the people of a plan about whom the source says something different by now, or nothing any more: their changes
 * are not written. A person whom the look found as the ledger knows them, with nothing to plan, is unchanged only if
 * the plan saw the same. Leavers cannot appear in a listing: they are asked for again by id.
 */
export const endMoved = async (ledger: Ledger, run: string): Promise<number> =>
  inTransaction(ledger, async (trx) => {
    const { rows } = await sql`with look as (select id, read_no, connector from run where id = ${lookOf(run)}),
      seen as materialized (
        select unnest(p.seen) as person from read_page p join look l on p.run = l.id and p.read_no = l.read_no),
      moved as materialized (
        select s.target, s.person from staged_user s cross join look l
        where s.run = ${run} and exists (select 1 from change c
            where c.run = s.run and c.target = s.target and c.pos = s.pos and c.status = 'planned')
          and not exists (select 1 from run_leaver g
            where g.run = s.run and g.target = s.target and g.person = s.person and g.kind <> 'present')
          and not exists (select 1 from staged_user n where n.run = l.id and n.target = s.target
            and n.person = s.person and n.digest = s.digest)
          and not (s.person in (select person from seen)
            and not exists (select 1 from staged_user n
              where n.run = l.id and n.target = s.target and n.person = s.person)
            and not exists (select 1 from outcome o
              where o.run = l.id and o.target = s.target and o.person = s.person)
            and exists (select 1 from profile p where p.connector = l.connector and p.target = s.target
              and p.person = s.person and p.digest = s.digest))),
      decided as (
        update change c set status = 'moved', reason = ${sentenceOf('sourceMoved')}, decided_at = now() from moved m
        where c.run = ${run} and c.target = m.target and c.person = m.person and c.status = 'planned')
      insert into outcome (run, target, person, outcome, reason)
      select ${run}, target, person, 'skipped', 'sourceMoved' from moved
      on conflict (run, target, person) do update set outcome = excluded.outcome, reason = excluded.reason,
        facts = null returning person`.execute(trx);
    await closeLook({ ...ledger, db: trx }, run);
    return rows.length;
  });

/** Forgets what was read again for a plan; the requests it took count as the plan's own. */
export const closeLook = async (ledger: Ledger, run: string): Promise<void> => {
  await sql`insert into run_calls (run, party, login, listing, read, write)
    select ${run}, party, login, listing, read, write from run_calls where run = ${lookOf(run)}
    on conflict (run, party) do update set login = run_calls.login + excluded.login,
      listing = run_calls.listing + excluded.listing, read = run_calls.read + excluded.read,
      write = run_calls.write + excluded.write`.execute(ledger.db);
  await sql`delete from run where id = ${lookOf(run)} and looks_for = ${run}`.execute(ledger.db);
};
