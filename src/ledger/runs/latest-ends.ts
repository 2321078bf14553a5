import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { type KeptOutcome, keptFacts } from './outcomes.ts';
import { sinceLastFullPlan } from './reference-run.ts';

/** How somebody ended last at a target, and in which run. */
export type LatestEnd = KeptOutcome & { readonly run: string; readonly at: Date };

/** How many people ended last in the same way for the same reason. */
export type EndCount = {
  readonly target: string;
  readonly outcome: string;
  readonly reason: string;
  readonly people: number;
};

/** The runs `lately` that tell how people of a connector ended: of everybody since all were planned, and of single people. */
const lately = (connector: string) => sql`lately as materialized (
  select r.id, r.started_at, r.person from run r where r.id in ${sinceLastFullPlan({ id: null, connector })}
  union all
  select r.id, r.started_at, r.person from run r where r.connector = ${connector} and r.person is not null
    and r.report is not null and r.started_at >= (select min(e.started_at) from run e
      where e.id in ${sinceLastFullPlan({ id: null, connector })}))`;

/**
 * The last end of each person at each target; a person whom a later run of one person found in tune has none any more.
 */
const latest = (connector: string) => sql`${lately(connector)}, latest as (
  select * from (
    select distinct on (o.target, o.person) o.target, o.person, o.outcome, o.reason, o.facts, r.id as run, r.started_at as at
    from outcome o join lately r on r.id = o.run
    order by o.target, o.person, r.started_at desc, r.id) l
  where l.outcome <> 'updated' and not exists (select 1 from lately s where s.person = l.person and s.started_at > l.at
    and not exists (select 1 from outcome o where o.run = s.id and o.target = l.target and o.person = l.person)))`;

/** Why people are not in tune, counted, the commonest first. */
export const countLatestEnds = async (ledger: Ledger, connector: string): Promise<readonly EndCount[]> => {
  const { rows } = await sql<EndCount>`with ${latest(connector)}
    select target, outcome, reason, count(*)::integer as people from latest
    group by target, outcome, reason order by people desc, target, outcome, reason`.execute(ledger.db);
  return rows;
};

/** Whose ends are listed; null takes all. */
export type EndFilter = {
  readonly target: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly person: SourceId | null;
};

/** Who is not in tune, by target and person, after `after`. */
export const listLatestEnds = async (
  ledger: Ledger,
  connector: string,
  filter: EndFilter,
  page: { readonly after: { readonly target: string; readonly person: SourceId } | null; readonly limit: number },
): Promise<readonly LatestEnd[]> => {
  type Row = Omit<LatestEnd, 'facts'> & { facts: unknown };
  const { after } = page;
  const { rows } = await sql<Row>`with ${latest(connector)}
    select target, person, outcome, reason, facts, run, at from latest
    where (${filter.target}::text is null or target = ${filter.target})
      and (${filter.outcome}::text is null or outcome = ${filter.outcome})
      and (${filter.reason}::text is null or reason = ${filter.reason})
      and (${filter.person}::text is null or person = ${filter.person})
      and (${after === null} or (target, person) > (${after?.target ?? ''}, ${after?.person ?? ''}))
    order by target, person limit ${page.limit}`.execute(ledger.db);
  return rows.map((row) => ({ ...row, facts: row.facts === null ? {} : keptFacts.of(row.facts) }));
};
