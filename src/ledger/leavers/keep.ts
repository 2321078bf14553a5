import { sql } from 'kysely';
import type { Ledger } from '../open.ts';

type RunOf = { readonly id: string; readonly connector: string; readonly readNo: number };

/**
 * Forgets leavers whom a run, however it ended, has seen take part again: if they leave again, their period starts
 * over. After a read that proves who is there these are all whom it did not find gone.
 */
export const forgetReturned = async (ledger: Ledger, run: RunOf): Promise<void> => {
  await sql`delete from leaver l using run r
    where r.id = ${run.id} and l.connector = ${run.connector} and case
      when r.leaver_spans is not null then not exists (select 1 from run_leaver g where g.run = r.id
        and g.target = l.target and g.person = l.person and g.kind is distinct from 'present')
      else l.person in (select unnest(seen) from read_page where run = r.id and read_no = ${run.readNo})
        and not exists (select 1 from outcome o where o.run = r.id and o.target = l.target and o.person = l.person
          and o.outcome = 'outOfScope') end`.execute(ledger.db);
};

/**
 * What a completed run records about the people it found gone: since when and how, and whose values are cleared. A link
 * no longer protects an account against others once the provider has said that its person is gone.
 */
export const keepLeavers = async (ledger: Ledger, run: RunOf): Promise<void> => {
  await sql`insert into leaver as l (connector, target, person, kind, since, asked_at, clear_at, run)
    select ${run.connector}, g.target, g.person, g.kind, now(), case when g.tried and g.answered then now() end,
      now() + make_interval(secs => (r.leaver_spans ->> g.kind)::float8), g.run
    from run_leaver g join run r on r.id = g.run
    where g.run = ${run.id} and g.kind <> 'present'
    on conflict (connector, target, person) do update set kind = excluded.kind, run = excluded.run,
      since = case when l.kind = excluded.kind then l.since else excluded.since end,
      asked_at = coalesce(excluded.asked_at, l.asked_at), told = l.told and l.kind = excluded.kind,
      clear_at = case when l.kind = excluded.kind then l.since + (excluded.clear_at - excluded.since)
        else excluded.clear_at end`.execute(ledger.db);
  await sql`update leaver l set cleared_at = now() from run_leaver g
    join staged_user s on s.run = g.run and s.target = g.target and s.person = g.person
    left join outcome o on o.run = g.run and o.target = g.target and o.person = g.person
    where g.run = ${run.id} and l.connector = ${run.connector} and l.target = g.target and l.person = g.person
      and l.cleared_at is null and (s.state = 'unchanged' or o.outcome = 'updated')`.execute(ledger.db);
  await sql`update profile p set left_at = now() from run_leaver g
    where g.run = ${run.id} and not g.listed and g.kind <> 'present' and p.connector = ${run.connector}
      and p.target = g.target and p.person = g.person and p.left_at is null`.execute(ledger.db);
};
