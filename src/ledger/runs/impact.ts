import { sql } from 'kysely';
import type { Impact, TargetImpact } from '../../core/guard.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { Ledger } from '../open.ts';
import { lastFullRun, readFromStart } from './reference-run.ts';
import type { Run } from './runs.ts';

/** Counts the stored plan of a run as the guard judges it, in one statement per figure. */
export const planImpact = async (ledger: Ledger, run: Run, targets: readonly string[]): Promise<Impact> => {
  // The changes were stored a moment ago: without fresh figures applying would search them row by row.
  await sql`analyze (skip_locked) change`.execute(ledger.db);
  const people = await countPeople(ledger, run.id);
  const attributes = await countAttributes(ledger, run.id);
  const linked = await countLinked(ledger, run);
  const unmatched = await countNewlyUnmatched(ledger, run);
  const { rows } = await sql<{ users: number; everybody: boolean; last: number | null }>`select
      (select coalesce(sum(users), 0)::integer from read_page where run = ${run.id} and read_no = ${run.readNo}) as users,
      exists (select 1 from run e where id = ${run.id} and ${readFromStart}) as everybody,
      (select (report #>> '{read,users}')::integer from run where id = ${lastFullRun(run)}) as last`.execute(ledger.db);
  const read = rows[0] ?? { users: 0, everybody: false, last: null };
  return {
    users: read.users,
    lastUsers: read.everybody ? read.last : null,
    targets: targets.map((target) => ({
      target,
      linked: linked.get(target) ?? 0,
      newlyUnmatched: unmatched.get(target) ?? 0,
      ...(people.get(target) ?? { changedPeople: 0, clearedPeople: 0, foreignOverwrites: 0 }),
      attributes: attributes.filter((one) => one.target === target),
    })),
  };
};

type People = Pick<TargetImpact, 'changedPeople' | 'clearedPeople' | 'foreignOverwrites'>;

const countPeople = async (ledger: Ledger, run: string): Promise<ReadonlyMap<string, People>> => {
  const { rows } = await sql<People & { target: string }>`select target,
      count(distinct person) filter (where before_sealed is not null)::integer as "changedPeople",
      count(distinct person) filter (where after_sealed is null)::integer as "clearedPeople",
      count(*) filter (where "foreign")::integer as "foreignOverwrites"
    from change where run = ${run} group by target`.execute(ledger.db);
  return new Map(rows.map(({ target, ...counts }) => [target, counts]));
};

type AttributeCount = { target: string; attribute: AttributeId; changed: number; cleared: number };

const countAttributes = async (ledger: Ledger, run: string): Promise<AttributeCount[]> => {
  const { rows } = await sql<AttributeCount>`select target, attribute,
      count(*) filter (where before_sealed is not null)::integer as changed,
      count(*) filter (where after_sealed is null)::integer as cleared
    from change where run = ${run} group by target, attribute order by target, attribute`.execute(ledger.db);
  return rows;
};

/** People with an account: those linked before who have not left, and those matched for the first time in this run. */
const countLinked = async (ledger: Ledger, run: Run): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ target: string; count: number }>`select target, count(*)::integer as count from (
      select target, person from profile where connector = ${run.connector} and account_digest is not null
        and left_at is null
      union select target, person from staged_user where run = ${run.id} and account_digest is not null) linked
    group by target`.execute(ledger.db);
  return new Map(rows.map((row) => [row.target, row.count]));
};

/** People without an account now whom the last full run read and did not find to be without one; none at a first run. */
const countNewlyUnmatched = async (ledger: Ledger, run: Run): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ target: string; count: number }>`with last as (
      select id, read_no from run where id = ${lastFullRun(run)}),
    seen as (
      select unnest(p.seen) as person from read_page p join last on p.run = last.id and p.read_no = last.read_no)
    select target, count(*)::integer as count from outcome o join seen using (person)
    where run = ${run.id} and outcome = 'unmatched'
      and not exists (select 1 from outcome e join last on e.run = last.id
        where e.target = o.target and e.person = o.person and e.outcome in ('unmatched', 'outOfScope'))
    group by target`.execute(ledger.db);
  return new Map(rows.map((row) => [row.target, row.count]));
};
