import { type RawBuilder, sql } from 'kysely';
import type { Ledger } from '../open.ts';
import type { Run } from './runs.ts';

/** The run that is compared, as values or as columns of a statement; `id` is null for a look outside every run. */
type Compared = {
  readonly id: string | RawBuilder<unknown> | null;
  readonly connector: string | RawBuilder<unknown>;
};

/** The runs `e` of everybody of the same connector that began before this one. */
const before = ({ id, connector }: Compared) => sql`e.connector = ${connector} and e.id is distinct from ${id}::text
  and e.person is null and e.started_at <= coalesce((select started_at from run where id = ${id}::text), 'infinity')`;

/** Whether run `e` began at the start: an increment does if it had no position to continue from. */
export const readFromStart = sql`(e.mode <> 'delta' or (e.retry_of is null and exists (select 1 from read_page p
  where p.run = e.id and p.read_no = e.read_no and p.page_no = 0 and p.place_sealed is null)))`;

/** Whether run `e` read everybody, to the provider's own end. */
const readEverybody = sql`${readFromStart} and (e.report #>> '{read,complete}')::boolean`;

/** Whether run `e` was carried out to its end; one that tried some people again says nothing of the others. */
const carriedOut = sql`e.status in ('done', 'doneWithFailures') and e.retry_of is null`;

/**
 * The id of the run that sizes are compared with: the last one that read everybody and whose plan was carried out or
 * approved. A plan that is held, rejected or only made is not used: otherwise, what the guard holds in one night would
 * be let through in the next.
 */
export const lastFullRun = (run: Compared) => sql`(select e.id from run e
  where ${before(run)} and ${readEverybody} and (${carriedOut} or e.approved_at is not null)
  order by e.started_at desc limit 1)`;

/**
 * The id of the run that slow losses are compared with: the first one within the window, but none before the last
 * approved one, because whoever approved it has seen what was lost by then.
 */
export const firstFullRunSince = (run: Compared, windowMs: number) => sql`(select e.id from run e
  where ${before(run)} and ${readEverybody} and (${carriedOut} or e.approved_at is not null)
    and e.started_at >= greatest(now() - make_interval(secs => ${windowMs / 1000}), (select max(e.started_at) from run e
      where ${before(run)} and ${readEverybody} and e.approved_at is not null))
  order by e.started_at limit 1)`;

/**
 * The ids of the runs that show how people last ended: the last one that read and planned everybody, whatever happened
 * to its plan, and the runs of everybody since. People for whom they have no outcome were in order.
 */
export const sinceLastFullPlan = (run: Compared) => sql`(select e.id from run e
  where ${before(run)} and e.report is not null and e.started_at >= ${lastFullPlanStart(run)})`;

const lastFullPlanStart = (run: Compared) => sql`(select max(e.started_at) from run e
  where ${before(run)} and ${readEverybody} and e.guard is not null)`;

/**
 * Since when the runs of everybody of a connector tell what its next run is measured by; null where it has no such run.
 * None of them may be removed, however old they are.
 */
export const measuredSince = (connector: RawBuilder<unknown>) => {
  const next = { id: null, connector };
  return sql`least(${lastFullPlanStart(next)}, (select started_at from run where id = ${lastFullRun(next)}))`;
};

/**
 * Whether some run has read and planned everybody under the match rules that a run has at a target. Before, nobody can
 * know that two people are found at one account.
 */
export const isMatchProven = async (
  ledger: Ledger,
  run: Pick<Run, 'connector' | 'version'>,
  target: string,
): Promise<boolean> => {
  const matchOf = (version: RawBuilder<unknown>) => sql`(select t -> 'match' from connector_version v,
    jsonb_array_elements(v.definition #> '{connector,to}') t
    where v.connector = ${run.connector} and v.version = ${version} and t ->> 'target' = ${target})`;
  const { rows } = await sql`select 1 from run e where e.connector = ${run.connector} and e.person is null
    and ${readEverybody} and e.guard is not null
    and ${matchOf(sql`e.version`)} is not distinct from ${matchOf(sql`${run.version}::integer`)} limit 1`.execute(
    ledger.db,
  );
  return rows.length > 0;
};

/** Whether a later run of everybody was carried out already, as while the plan of this one was held. */
export const wasOvertaken = async (ledger: Ledger, run: Pick<Run, 'id' | 'connector'>): Promise<boolean> => {
  const { rows } = await sql`select 1 from run e where e.connector = ${run.connector} and e.id <> ${run.id}
    and e.person is null and ${carriedOut} and e.started_at > (select started_at from run where id = ${run.id})
    limit 1`.execute(ledger.db);
  return rows.length > 0;
};

/** Whether all of what run `e` planned was let through: no part of it was held or left out and has not been written since. */
const inWhole = sql`(not exists (select 1 from run h where h.held_from = e.id
    and h.status not in ('done', 'doneWithFailures'))
  and not exists (select 1 from decision d where d.decision = 'approved'
    and jsonb_array_length(coalesce(d.without, '[]')) > 0
    and (d.run = e.id or d.run in (select h.id from run h where h.held_from = e.id))))`;

/**
 * The last run of everybody before this one that was carried out, whatever it read; null when there was none. One of which
 * a part was never written is not what brought the document into effect, as long as there is another.
 */
export const lastApplied = async (
  ledger: Ledger,
  run: Pick<Run, 'id' | 'connector'>,
): Promise<{ readonly run: string; readonly version: number; readonly users: number | null } | null> => {
  const { rows } = await sql<{ run: string; version: number; users: number | null }>`select e.id as run, e.version,
      (select (report #>> '{read,users}')::integer from run where id = ${lastFullRun(run)}) as users
    from run e where ${before(run)} and ${carriedOut} and e.held_from is null
      and e.id is distinct from (select held_from from run where id = ${run.id})
    order by ${inWhole} desc, e.started_at desc limit 1`.execute(ledger.db);
  return rows[0] ?? null;
};

/** The latest run of everybody after this one that was carried out; null where there was none. */
export const laterApplied = async (ledger: Ledger, run: Pick<Run, 'id' | 'connector'>): Promise<string | null> => {
  const { rows } = await sql<{ id: string }>`select e.id from run e
    where e.connector = ${run.connector} and e.id <> ${run.id} and e.person is null and ${carriedOut}
      and e.started_at > (select started_at from run where id = ${run.id})
    order by e.started_at desc limit 1`.execute(ledger.db);
  return rows[0]?.id ?? null;
};
