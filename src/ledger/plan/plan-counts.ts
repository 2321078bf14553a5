import { sql } from 'kysely';
import type { AttributeId } from '../../core/profile.ts';
import type { Ledger } from '../open.ts';

/** What a plan does with one attribute of a target, in people; `leftOut` of them were left out by decision. */
export type PlannedAttribute = {
  readonly target: string;
  readonly attribute: AttributeId;
  readonly filled: number;
  readonly replaced: number;
  readonly cleared: number;
  readonly foreign: number;
  readonly leftOut: number;
  /** How many are neither written nor given up yet. */
  readonly open: number;
};

/** The plan of a run by attribute; `people` counts everybody with a change once. */
export const planCounts = async (
  ledger: Ledger,
  run: string,
): Promise<{ readonly people: number; readonly attributes: readonly PlannedAttribute[] }> => {
  const counted = sql<PlannedAttribute>`select target, attribute,
      count(*) filter (where before_sealed is null)::integer as filled,
      count(*) filter (where before_sealed is not null and after_sealed is not null)::integer as replaced,
      count(*) filter (where after_sealed is null)::integer as cleared,
      count(*) filter (where "foreign")::integer as "foreign",
      count(*) filter (where status = 'leftOut')::integer as "leftOut",
      count(*) filter (where status in ('planned', 'begun'))::integer as open
    from change where run = ${run} group by target, attribute order by target, attribute`.execute(ledger.db);
  const distinct = sql<{ people: number }>`select count(distinct person)::integer as people from change
    where run = ${run}`.execute(ledger.db);
  const [{ rows: attributes }, { rows }] = await Promise.all([counted, distinct]);
  return { people: rows[0]?.people ?? 0, attributes };
};

/** How many runs' writes are looked at, and how many changes one must have written to say something about pace. */
const looked = 5;
const telling = 20;

/** How many changes a second the latest runs wrote to a target, whichever connector they were of; null if none did. */
export const measuredPace = async (ledger: Ledger, target: string): Promise<number | null> => {
  const { rows } = await sql<{ changes: number; seconds: number }>`select count(*)::float8 as changes,
      extract(epoch from max(c.decided_at) - min(c.decided_at))::float8 as seconds
    from (select id, started_at from run where status in ('done', 'doneWithFailures') order by started_at desc limit 50) r
    join change c on c.run = r.id and c.target = ${target} and c.status = 'applied'
    group by r.id, r.started_at having count(*) >= ${telling} order by r.started_at desc limit ${looked}`.execute(
    ledger.db,
  );
  const changes = rows.reduce((sum, row) => sum + row.changes, 0);
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  return changes === 0 || seconds === 0 ? null : changes / seconds;
};
