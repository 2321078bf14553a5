import { sql } from 'kysely';
import type { LeaverSpans } from '../../core/people/leavers.ts';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import type { LeaverKind } from '../../core/report/leaver-counts.ts';
import type { SourceId } from '../../core/values.ts';
import { refreshFigures } from '../figures.ts';
import type { Ledger } from '../open.ts';
import { inTransaction } from '../transaction.ts';
import { isDue } from './spans.ts';

type RunOf = { readonly id: string; readonly connector: string; readonly readNo: number };

/**
 * After a read that proves who is there: notes whom a run found gone at each target, linked people missing from its
 * listing and those listed whom a scope leaves out. What an earlier run knows about the missing ones is kept until the
 * provider has been asked. A repeat changes nothing.
 */
export const noteGone = async (ledger: Ledger, run: RunOf, spans: LeaverSpans): Promise<void> => {
  await refreshFigures(ledger, { filled: ['read_page'], grown: ['profile'] });
  await inTransaction(ledger, async (trx) => {
    await sql`update run set leaver_spans = ${JSON.stringify(spans)}::jsonb where id = ${run.id}`.execute(trx);
    await sql`with listed as materialized (
        select unnest(seen) as person from read_page where run = ${run.id} and read_no = ${run.readNo})
      insert into run_leaver (run, target, person, listed, kind, answered)
      select ${run.id}, p.target, p.person, s.person is not null,
        case when s.person is not null then 'outOfScope' else l.kind end, s.person is not null
      from profile p
      left join listed s on s.person = p.person
      left join leaver l on l.connector = p.connector and l.target = p.target and l.person = p.person
      where p.connector = ${run.connector} and p.account_digest is not null
        and p.target in (select unnest(targets) from run where id = ${run.id})
        and (s.person is null or exists (select 1 from outcome o
          where o.run = ${run.id} and o.target = p.target and o.person = p.person and o.outcome = 'outOfScope'))
      on conflict do nothing`.execute(trx);
  });
};

/** How long a leaver whose values are kept anyway is not asked for again. */
const restDays = 7;

/**
 * The people to ask for by id: those who are missing and new, or whose period is running; those who are due, missing or
 * not; and once a week the others, to learn how they left. Those due come first, then those who were asked for longest
 * ago.
 */
export const peopleToAsk = async (
  ledger: Ledger,
  run: Pick<RunOf, 'id' | 'connector'>,
  spans: LeaverSpans,
  limit: number,
): Promise<readonly SourceId[]> => {
  const anyClears = Object.values(spans).some((span) => span !== null);
  const { rows } = await sql<{ person: SourceId }>`select g.person from run_leaver g
    left join leaver l on l.connector = ${run.connector} and l.target = g.target and l.person = g.person
    where g.run = ${run.id} and not g.tried and l.cleared_at is null
      and (${isDue(spans)} or (not g.listed and (l.person is null or ${anyClears} or l.asked_at is null
        or l.asked_at < now() - make_interval(days => ${restDays}))))
    group by g.person
    order by bool_or(${isDue(spans)}) desc, min(coalesce(l.asked_at, '-infinity')), g.person limit ${limit}`.execute(
    ledger.db,
  );
  return rows.map(({ person }) => person);
};

/** How many people a run has asked for. */
export const countAsked = async (ledger: Ledger, run: string): Promise<number> => {
  const { rows } = await sql<{ asked: number }>`select count(distinct person)::integer as asked from run_leaver
    where run = ${run} and tried`.execute(ledger.db);
  return rows[0]?.asked ?? 0;
};

/** What the provider said of one person at one target: how they left, or that they take part. */
export type Standing = LeaverKind | 'present';

/** The answers about one person: by target, the same at every target, or none. */
export type AskedPerson = {
  readonly person: SourceId;
  readonly standings: ReadonlyMap<string, Standing> | Standing | null;
};

/**
 * Notes the answers about some people. Without an answer, what was known about the missing is kept, and nobody is due.
 */
export const noteAnswers = async (
  ledger: Ledger,
  run: string,
  read: ReadMoment,
  asked: readonly AskedPerson[],
): Promise<void> => {
  type Told = { readonly person: SourceId; readonly target: string | null; readonly kind: Standing | null };
  const told = asked.flatMap(({ person, standings }): readonly Told[] =>
    typeof standings === 'string' || standings === null
      ? [{ person, target: null, kind: standings }]
      : [...standings].map(([target, kind]) => ({ person, target, kind })),
  );
  await sql`update run_leaver g set tried = true, answered = t.kind is not null, kind = coalesce(t.kind, g.kind),
      read_number = ${read.number}, read_at = ${read.at}
    from unnest(${told.map(({ person }) => person)}::text[], ${told.map(({ target }) => target)}::text[],
      ${told.map(({ kind }) => kind)}::text[]) t(person, target, kind)
    where g.run = ${run} and not g.tried and g.person = t.person
      and (t.target is null or g.target = t.target)`.execute(ledger.db);
};
