import { sql } from 'kysely';
import type { WaitingFor } from '../../core/report/progress.ts';
import type { Ledger } from '../open.ts';

/** A party that kept a step of a run from being done, and what it said. */
export type NewOutage = { readonly run: string; readonly party: string; readonly said: string };

/**
 * The state of an outage: how often it was met in a row, and for how long the run has made no progress with the party.
 */
export type Outage = { readonly tries: number; readonly forMs: number };

/**
 * How far run `r` has come with a party: its phase, the pages read and listed, the people planned and the changes
 * decided. What a step did before it failed counts, whichever worker did it.
 */
const markOf = (
  party: ReturnType<typeof sql>,
) => sql`(select concat_ws('/', case when r.phase = 'close' then '' else r.phase end, r.read_no,
    (select count(*) from read_page p where p.run = r.id),
    (select count(*) from account_page p where p.run = r.id and (${party} in ('source', 'ledger') or p.target = ${party})),
    (select count(*) from staged_user s where s.run = r.id and s.state not in ('staged', 'matched')
      and (${party} in ('source', 'ledger') or s.target = ${party})),
    (select count(*) from change c where c.run = r.id and c.status not in ('planned', 'begun')
      and (${party} in ('source', 'ledger') or c.target = ${party}))))`;

/**
 * Notes that a party was met away. The first time, or after the run has come further with it, the outage counts from
 * `sinceMs` ago. Null for a run that is not in the ledger.
 */
export const noteOutage = async (
  ledger: Ledger,
  { run, party, said }: NewOutage,
  sinceMs: number,
): Promise<Outage | null> => {
  const { rows } = await sql<Outage>`insert into outage as o (run, party, since, tries, mark, said)
    select r.id, ${party}, clock_timestamp() - make_interval(secs => ${Math.max(0, sinceMs) / 1000}), 1,
      ${markOf(sql`${party}::text`)}, ${said} from run r where r.id = ${run}
    on conflict (run, party) do update set mark = excluded.mark, said = excluded.said,
      since = case when o.mark = excluded.mark then least(o.since, excluded.since) else excluded.since end,
      tries = case when o.mark = excluded.mark then o.tries + 1 else 1 end
    returning tries, (extract(epoch from clock_timestamp() - since) * 1000)::float8 as "forMs"`.execute(ledger.db);
  return rows[0] ?? null;
};

/** The parties a run waits for just now: those it has come no further with since they were met away. */
export const waitingFor = async (ledger: Ledger, run: string): Promise<readonly WaitingFor[]> => {
  const { rows } = await sql<{ party: string; since: Date; until: Date | null; said: string }>`select o.party, o.since,
      o.until, o.said
    from outage o join run r on r.id = o.run
    where o.run = ${run} and r.status in ('running', 'approved') and o.mark = ${markOf(sql`o.party`)}
    order by o.party`.execute(ledger.db);
  return rows.map(({ since, until, ...rest }) => ({
    ...rest,
    since: since.toISOString(),
    until: until?.toISOString() ?? null,
  }));
};

/** Notes for how long a run waits for a party, from the moment the party was met away. */
export const notePatience = async (
  ledger: Ledger,
  { run, party }: Pick<NewOutage, 'run' | 'party'>,
  patienceMs: number,
): Promise<void> => {
  await sql`update outage set until = since + make_interval(secs => ${patienceMs / 1000})
    where run = ${run} and party = ${party}`.execute(ledger.db);
};

/** A party that runs are waiting for now: since when, and what it said last. */
export type AwayParty = { readonly party: string; readonly since: Date; readonly said: string };

/** The parties that any run waits for just now, each once. */
export const awayParties = async (ledger: Ledger): Promise<readonly AwayParty[]> => {
  const { rows } = await sql<AwayParty>`select distinct on (o.party) o.party, o.since, o.said
    from outage o join run r on r.id = o.run
    where r.status in ('running', 'approved') and o.mark = ${markOf(sql`o.party`)}
    order by o.party, o.since`.execute(ledger.db);
  return rows;
};
