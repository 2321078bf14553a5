import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { insertStagedUsers, type NewStagedUser } from '../plan/staging.ts';
import { insertOutcomes, type NewOutcome } from '../runs/outcomes.ts';
import { inTransaction } from '../transaction.ts';
import { holds, type LinkedTarget } from './linked-target.ts';

type RunOf = { readonly id: string; readonly connector: string; readonly readNo: number };

/** The page of a run's read that counted somebody as unchanged. */
export type VanishedLink = { readonly person: SourceId; readonly pageNo: number };

/**
 * The people whom a run counted as unchanged at a target although its own listing of everybody there does not show the
 * account they are linked to. Each of them is looked up one by one, before they are put in order: a database that does not
 * know yet what was listed would go through all of it for each of them.
 */
export const vanishedLinks = async (
  ledger: Ledger,
  run: RunOf,
  target: LinkedTarget,
  limit: number,
): Promise<readonly VanishedLink[]> => {
  const { rows } = await sql<VanishedLink>`with seen as (
      select unnest(seen) as person, page_no from read_page where run = ${run.id} and read_no = ${run.readNo}),
    vanished as materialized (
      select p.person, seen.page_no as "pageNo" from profile p join seen on seen.person = p.person
      where p.connector = ${run.connector} and p.target = ${target.id} and ${holds(target)}
        and exists (select 1 from account_page g where g.run = ${run.id} and g.target = ${target.id} and g.everybody
          and g.next_sealed is null)
        and (select count(*) from account a where a.run = ${run.id} and a.target = ${target.id}
          and a.digest = p.account_digest) = 0
        and (select count(*) from manual_link m where m.connector = p.connector and m.target = p.target
          and m.person = p.person) = 0
        and (select count(*) from staged_user s where s.run = ${run.id} and s.target = ${target.id}
          and s.person = p.person) = 0
        and (select count(*) from outcome o where o.run = ${run.id} and o.target = ${target.id}
          and o.person = p.person) = 0)
    select person, "pageNo" from vanished order by person limit ${limit}`.execute(ledger.db);
  return rows;
};

/** Stages people of whom a target knows no more by their link, in place of counting them as unchanged there. */
export const storeStagedAgain = async (
  ledger: Ledger,
  run: RunOf,
  target: string,
  people: readonly VanishedLink[],
  { staged, outcomes }: { readonly staged: readonly NewStagedUser[]; readonly outcomes: readonly NewOutcome[] },
): Promise<void> => {
  const again = new Set([...staged, ...outcomes].map(({ person }) => person));
  const pages = people.filter(({ person }) => again.has(person)).map(({ pageNo }) => pageNo);
  await inTransaction(ledger, async (trx) => {
    const within = { ...ledger, db: trx };
    await sql`update read_page p
      set unchanged = jsonb_set(p.unchanged, array[${target}::text],
        to_jsonb((p.unchanged ->> ${target})::integer - t.people))
      from (select page_no, count(*)::integer as people from unnest(${pages}::integer[]) page_no group by page_no) t
      where p.run = ${run.id} and p.read_no = ${run.readNo} and p.page_no = t.page_no`.execute(trx);
    await insertStagedUsers(within, run.id, staged);
    await insertOutcomes(within, run.id, outcomes);
  });
};
