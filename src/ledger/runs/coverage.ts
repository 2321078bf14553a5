import { sql } from 'kysely';
import type { Ledger } from '../open.ts';
import type { Run } from './runs.ts';

/** How far an attribute was filled in one run: of the people mapped at the target, how many got a value. */
export type FilledAttribute = {
  readonly target: string;
  readonly attribute: string;
  readonly people: number;
  readonly withValue: number;
  readonly tooLong: number;
  /** People whom the mapping failed for at this target; they are not among `people`. */
  readonly failed: number;
};

/** One run that read everybody, with the result of its mapping. */
export type CoverageOfRun = {
  readonly run: string;
  readonly at: Date;
  readonly attributes: readonly FilledAttribute[];
};

/**
 * Keeps what the pages of a run counted, beside the run: its pages are forgotten earlier. To be called in the
 * transaction that ends it.
 */
export const keepCoverage = async (ledger: Ledger, run: Pick<Run, 'id' | 'readNo'>): Promise<void> => {
  await sql`with page as (
      select t.key as target, t.value as counted from read_page p, jsonb_each(p.coverage) t
      where p.run = ${run.id} and p.read_no = ${run.readNo}),
    failed as (select target, sum((counted ->> 'failed')::integer) as failed from page group by target)
    insert into coverage (run, target, attribute, people, with_value, too_long, failed)
    select ${run.id}, g.target, a.key, sum((g.counted ->> 'people')::integer), sum((a.value ->> 'withValue')::integer),
      sum((a.value ->> 'tooLong')::integer), min(f.failed)
    from page g join failed f on f.target = g.target, jsonb_each(g.counted -> 'attributes') a
    group by g.target, a.key
    on conflict do nothing`.execute(ledger.db);
};

/** How many runs are looked at between now and a week ago: four a day. */
const mostRuns = 28;

/**
 * The coverage of the last runs that read everybody, the newest first: those of the last seven days, and the one before
 * them, which the newest is compared with.
 */
export const lastCoverage = async (ledger: Ledger, connector: string): Promise<readonly CoverageOfRun[]> => {
  type Row = FilledAttribute & { run: string; at: Date };
  const { rows } = await sql<Row>`with counted as (
      select r.id, r.started_at, max(r.started_at) over () as newest from run r
      where r.connector = ${connector} and r.person is null and r.removed_at is null
        and exists (select 1 from coverage c where c.run = r.id)),
    week as (
      (select id, started_at from counted where started_at > newest - interval '7 days' order by started_at desc limit ${mostRuns})
      union all
      (select id, started_at from counted where started_at <= newest - interval '7 days' order by started_at desc limit 1))
    select w.id as run, w.started_at as at, c.target, c.attribute, c.people, c.with_value as "withValue",
      c.too_long as "tooLong", c.failed
    from week w join coverage c on c.run = w.id
    order by w.started_at desc, w.id, c.target, c.attribute`.execute(ledger.db);
  const runs = new Map<string, { run: string; at: Date; attributes: FilledAttribute[] }>();
  for (const { run, at, ...attribute } of rows) {
    const known = runs.get(run) ?? { run, at, attributes: [] };
    known.attributes.push(attribute);
    runs.set(run, known);
  }
  return [...runs.values()];
};
