import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import { holds, type LinkedTarget } from '../links/linked-target.ts';
import type { Ledger } from '../open.ts';
import { sinceLastFullPlan } from '../runs/reference-run.ts';
import { mappedOf } from './staging.ts';

/**
 * The usernames of candidates, from a position on, whom the listing of this run does not show. People who had no
 * account in the last run of everybody either are asked for only once a week, spread over its days.
 */
export const unlistedUsernames = async (
  ledger: Ledger,
  run: { readonly id: string; readonly connector: string },
  target: LinkedTarget,
  from: number,
  limit: number,
): Promise<readonly { readonly pos: number; readonly usernames: readonly string[] }[]> => {
  const { rows } = await sql<{ pos: number; person: SourceId; sealed: Buffer }>`select s.pos, s.person,
      desired_sealed as sealed
    ${unlinked(run.id, target)} and s.pos >= ${from}
    and not exists (select 1 from staged_key k
      join account_key a on a.run = k.run and a.target = k.target and a.key_digest = k.digest
      where k.run = s.run and k.target = s.target and k.pos = s.pos)
    and ((hashtext(s.person) & 2147483647) % 7 = extract(doy from now())::integer % 7
      or not exists (select 1 from outcome o where o.run in ${sinceLastFullPlan(run)}
        and o.target = s.target and o.person = s.person and o.reason = 'noAccount'))
    order by s.pos limit ${limit}`.execute(ledger.db);
  return rows.map(({ pos, person, sealed }) => {
    const { match } = mappedOf(ledger, { run: run.id, target: target.id, person }, sealed);
    const steps = match.filter(({ by }) => by === 'username');
    return { pos, usernames: steps.flatMap(({ values }) => values) };
  });
};

/** The candidates `s` of run `r` at a target who have neither a link made by hand nor one that holds. */
export const unlinked = (run: string, target: LinkedTarget) => sql`from staged_user s join run r on r.id = s.run
  where s.run = ${run} and s.target = ${target.id} and s.state = 'staged'
    and not exists (select 1 from manual_link m
      where m.connector = r.connector and m.target = s.target and m.person = s.person)
    and not exists (select 1 from profile p
      where p.connector = r.connector and p.target = s.target and p.person = s.person and ${holds(target)})`;
