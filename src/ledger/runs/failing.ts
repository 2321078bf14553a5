import { sql } from 'kysely';
import type { ReasonCode } from '../../core/report/reasons.ts';
import { mostTries, ownFailures, restDays, untried } from '../../core/report/retry.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { keptFacts } from './outcomes.ts';
import type { Run } from './runs.ts';

/** Whether row `f` fails so often that it is tried once in a while only. */
const rests = sql`(f.times >= ${mostTries} and f.reason = any(${ownFailures}::text[])
  and f.last_at > now() - make_interval(days => ${restDays}))`;

/**
 * Records who failed in a run that ends, and how often in a row for the same reason; forgets people with another
 * outcome, or who are gone. A try by hand does not count. To be called in the transaction that ends the run, which may
 * happen twice.
 */
export const noteFailing = async (
  ledger: Pick<Ledger, 'db'>,
  run: Pick<Run, 'id' | 'connector' | 'readNo' | 'person' | 'retryOf' | 'intent' | 'targets'>,
  { complete, everybody }: { readonly complete: boolean; readonly everybody: boolean },
): Promise<void> => {
  if (run.intent === 'plan') return;
  const add = run.person === null && run.retryOf === null ? 1 : 0;
  await sql`with ended as materialized (
      select target, person, outcome, reason, facts from outcome where run = ${run.id}),
    seen as materialized (
      select distinct unnest(seen) as person from read_page where run = ${run.id} and read_no = ${run.readNo}),
    known as materialized (
      select f.target, f.person, s.person is not null as is_seen, e.person is not null as has_ended,
        coalesce(e.outcome <> 'failed' and e.reason <> all(${untried}::text[]), false) as is_well
      from failing f left join seen s on s.person = f.person
      left join ended e on e.target = f.target and e.person = f.person
      where f.connector = ${run.connector})
    delete from failing f using known k
    where f.connector = ${run.connector} and f.target = k.target and f.person = k.person
      and (k.is_well or (${complete} and k.is_seen and not k.has_ended)
        or (${everybody} and (not k.is_seen or f.target <> all(${run.targets}::text[]))))`.execute(ledger.db);
  await sql`insert into failing as f (connector, target, person, reason, facts, digest, times, last_run)
    select ${run.connector}, o.target, o.person, o.reason, o.facts, s.digest, 1, ${run.id} from outcome o
    left join staged_user s on s.run = o.run and s.target = o.target and s.person = o.person
    where o.run = ${run.id} and o.outcome = 'failed' and o.reason <> all(${untried}::text[])
    on conflict (connector, target, person) do update set reason = excluded.reason, facts = excluded.facts,
      digest = excluded.digest, last_run = excluded.last_run,
      times = case when f.reason <> excluded.reason or f.facts is distinct from excluded.facts then 1
        when f.last_run = excluded.last_run then f.times else f.times + ${add} end,
      last_at = case when f.last_run = excluded.last_run then f.last_at else excluded.last_at end`.execute(ledger.db);
};

/** A person who is not tried now: why they failed, the profile that was wanted then, and when they are tried again. */
export type Resting = {
  readonly target: string;
  readonly person: SourceId;
  readonly digest: Buffer;
  readonly said: string | null;
  readonly until: Date;
};

/** Those of these people who are not tried now, as long as the same profile is wanted. */
export const restingAmong = async (
  ledger: Pick<Ledger, 'db'>,
  connector: string,
  people: readonly SourceId[],
): Promise<readonly Resting[]> => {
  if (people.length === 0) return [];
  type Row = Omit<Resting, 'said'> & { facts: unknown };
  const { rows } = await sql<Row>`select target, person, digest, facts,
      last_at + make_interval(days => ${restDays}) as until from failing f
    where connector = ${connector} and person = any(${people}::text[]) and digest is not null and ${rests}`.execute(
    ledger.db,
  );
  return rows.map(({ facts, ...row }) => ({
    ...row,
    said: facts === null ? null : (keptFacts.of(facts).said ?? null),
  }));
};

/** The people who fail and are due to be tried again: an increment asks for them by id. */
export const dueFailing = async (ledger: Pick<Ledger, 'db'>, connector: string): Promise<readonly SourceId[]> => {
  const { rows } = await sql<{ id: string }>`select distinct person as id from failing f
    where connector = ${connector} and not ${rests} order by id`.execute(ledger.db);
  return rows.map(({ id }) => id);
};

/** Why people are skipped over whose changes somebody decides, or has decided. */
const decided: readonly ReasonCode[] = ['held', 'leftOut'];

/**
 * The failed and skipped people of a run: those whom a retry tries again. Whoever is still planned in a run that was let
 * through, and then failed or was cancelled, was not reached or is in doubt, and is one of them.
 */
export const leftUndone = async (ledger: Pick<Ledger, 'db'>, run: string): Promise<readonly SourceId[]> => {
  const { rows } = await sql<{
    id: string;
  }>`select distinct o.person as id from every_outcome o join run r on r.id = o.run
    where o.run = ${run} and (o.outcome = 'failed'
      or (o.outcome = 'skipped' and o.reason <> all(${decided}::text[]))
      or (o.outcome = 'planned' and r.intent = 'apply' and r.status in ('failed', 'cancelled')
        and (r.approved_at is not null or r.person is not null or r.guard -> 'breaches' = '[]')))
    order by id`.execute(ledger.db);
  return rows.map(({ id }) => id);
};
