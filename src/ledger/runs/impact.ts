import { sql } from 'kysely';
import type { TargetAttribute } from '../../core/plan/fault.ts';
import type { AttributeImpact, Impact, Impacts, TargetImpact } from '../../core/plan/guard.ts';
import type { AttributeId } from '../../core/profile.ts';
import { refreshFigures } from '../figures.ts';
import type { Ledger } from '../open.ts';
import { firstFullRunSince, lastFullRun, readFromStart } from './reference-run.ts';
import type { Run } from './runs.ts';

/** How a plan is counted: at which targets, together with how much of what was before, and without which attributes. */
export type Counting = {
  readonly targets: readonly string[];
  readonly windowMs: number;
  readonly without?: readonly TargetAttribute[];
};

/** Counts the stored plan of a run as the guard judges it, by itself and over the window. */
export const planImpacts = async (ledger: Ledger, run: Run, counting: Counting): Promise<Impacts> => {
  // Both were filled a moment ago: without fresh figures applying would search the changes row by row, and whoever is
  // newly without an account would be looked for among everybody, one by one.
  await refreshFigures(ledger, { filled: ['change', 'outcome'], grown: [] });
  const linked = await linkedPeople(ledger, run, counting.targets);
  const { users, last, first } = await sizes(ledger, run, counting.windowMs);
  const without = counting.without ?? [];
  const impact = async (
    changes: ReturnType<typeof sql>,
    lastUsers: number | null,
    before: ReturnType<typeof sql>,
  ): Promise<Impact> => {
    const { people, attributes } = await countChanges(ledger, changes);
    const unmatched = await countNewlyUnmatched(ledger, run, before);
    return {
      users,
      lastUsers,
      targets: counting.targets.map((target) => ({
        target,
        linked: linked.get(target) ?? 0,
        newlyUnmatched: unmatched.get(target) ?? 0,
        ...(people.get(target) ?? { changedPeople: 0, clearedPeople: 0, foreignOverwrites: 0 }),
        attributes: attributes.filter((one) => one.target === target),
      })),
    };
  };
  const planned = plannedBy(run, without);
  return {
    run: await impact(planned, last, lastFullRun(run)),
    window: await impact(
      sql`${planned} union all ${writtenBefore(run, counting.windowMs)}`,
      first,
      firstFullRunSince(run, counting.windowMs),
    ),
  };
};

const columns = sql`c.target, c.person, c.attribute, c.before_sealed is not null as replaces,
  c.after_sealed is null as clears, c."foreign"`;

/** The changes of a run, but those of the attributes left out. */
const plannedBy = (run: Pick<Run, 'id'>, without: readonly TargetAttribute[]) => sql`select ${columns} from change c
  where c.run = ${run.id} and (c.target, c.attribute) not in (select * from unnest(
    ${without.map(({ target }) => target)}::text[], ${without.map(({ attribute }) => attribute)}::text[]))`;

/**
 * What runs of everybody wrote in the window without approval: approved changes were seen by somebody, and are no leak.
 */
const writtenBefore = (
  run: Pick<Run, 'id' | 'connector'>,
  windowMs: number,
) => sql`select ${columns} from change c join run e on e.id = c.run
  where e.connector = ${run.connector} and e.id <> ${run.id} and e.person is null and e.approved_at is null
    and e.started_at > now() - make_interval(secs => ${windowMs / 1000}) and c.status in ('applied', 'already', 'begun')`;

/** The size of this read, of the last one that counts, and of the first that counts within the window. */
const sizes = async (ledger: Ledger, run: Run, windowMs: number) => {
  type Row = { users: number; everybody: boolean; last: number | null; first: number | null };
  const { rows } = await sql<Row>`select
      (select coalesce(sum(users), 0)::integer from read_page where run = ${run.id} and read_no = ${run.readNo}) as users,
      exists (select 1 from run e where id = ${run.id} and ${readFromStart}
        and e.read_proof is distinct from 'none') as everybody,
      (select (report #>> '{read,users}')::integer from run where id = ${lastFullRun(run)}) as last,
      (select (report #>> '{read,users}')::integer from run where id = ${firstFullRunSince(run, windowMs)}) as first`.execute(
    ledger.db,
  );
  const row = rows[0] ?? { users: 0, everybody: false, last: null, first: null };
  return row.everybody ? row : { ...row, last: null, first: null };
};

type People = Pick<TargetImpact, 'changedPeople' | 'clearedPeople' | 'foreignOverwrites'>;

type AttributeCount = AttributeImpact & { readonly target: string; readonly attribute: AttributeId };

type Counted = { readonly people: ReadonlyMap<string, People>; readonly attributes: readonly AttributeCount[] };

/**
 * Counts people by target, and by target and attribute. A person's attribute is told once, whatever was written there in
 * how many runs, before anybody is counted: counting who is different sorts all that was written in a window of days.
 */
const countChanges = async (ledger: Ledger, changes: ReturnType<typeof sql>): Promise<Counted> => {
  type Row = Omit<AttributeCount, 'attribute'> & { attribute: AttributeId | null };
  const { rows } = await sql<Row>`with once as materialized (
      select target, person, attribute, bool_or(replaces) as replaces, bool_or(clears) as clears,
        bool_or("foreign") as "foreign" from (${changes}) told group by target, person, attribute)
    select target, attribute, count(*) filter (where replaces)::integer as changed,
      count(*) filter (where clears)::integer as cleared, count(*) filter (where "foreign")::integer as "foreign"
    from once group by target, attribute
    union all
    select target, null, count(*) filter (where replaces)::integer, count(*) filter (where clears)::integer,
      sum("foreign")::integer
    from (select target, person, bool_or(replaces) as replaces, bool_or(clears) as clears,
      count(*) filter (where "foreign") as "foreign" from once group by target, person) people group by target
    order by target, attribute`.execute(ledger.db);
  return {
    people: new Map(
      rows
        .filter(({ attribute }) => attribute === null)
        .map((row) => [
          row.target,
          { changedPeople: row.changed, clearedPeople: row.cleared, foreignOverwrites: row.foreign },
        ]),
    ),
    attributes: rows.flatMap(({ attribute, ...row }) => (attribute === null ? [] : [{ ...row, attribute }])),
  };
};

/**
 * The people with an account that percentages are of: as many as there were in the last full run that counts, so that
 * what nobody has let through yet raises no limit; those there are now, where no such run knows the target. A null id
 * counts for the next run.
 */
export const linkedPeople = async (
  ledger: Ledger,
  run: { readonly id: string | null; readonly connector: string },
  targets: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ target: string; count: number }>`select l.key as target, l.value::integer as count
    from run e, jsonb_each_text(e.guard -> 'linked') l where e.id = ${lastFullRun(run)} and l.value::integer > 0`.execute(
    ledger.db,
  );
  const last = new Map(rows.map((row) => [row.target, row.count]));
  if (targets.every((target) => last.has(target))) return last;
  return new Map([...(await countLinked(ledger, { ...run, id: run.id ?? '' })), ...last]);
};

/** People with an account: those linked before who have not left, and those matched for the first time in this run. */
export const countLinked = async (
  ledger: Ledger,
  run: Pick<Run, 'id' | 'connector'>,
): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ target: string; count: number }>`select target, count(*)::integer as count from (
      select target, person from profile where connector = ${run.connector} and account_digest is not null
        and left_at is null
      union all select s.target, s.person from staged_user s where s.run = ${run.id} and s.account_digest is not null
        and not exists (select 1 from profile p where p.connector = ${run.connector} and p.target = s.target
          and p.person = s.person and p.account_digest is not null and p.left_at is null)) linked
    group by target`.execute(ledger.db);
  return new Map(rows.map((row) => [row.target, row.count]));
};

/**
 * People without their own account now whom the previous run read and did not find without one; none without such a
 * run.
 */
const countNewlyUnmatched = async (
  ledger: Ledger,
  run: Run,
  before: ReturnType<typeof sql>,
): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ target: string; count: number }>`with last as (
      select id, read_no from run where id = ${before}),
    seen as (
      select unnest(p.seen) as person from read_page p join last on p.run = last.id and p.read_no = last.read_no)
    select target, count(*)::integer as count from (
      select target, person from outcome join seen using (person)
        where run = ${run.id} and outcome in ('unmatched', 'ambiguous')
      except select e.target, e.person from every_outcome e join last on e.run = last.id
        where e.outcome in ('unmatched', 'ambiguous', 'outOfScope')) newly
    group by target`.execute(ledger.db);
  return new Map(rows.map((row) => [row.target, row.count]));
};
