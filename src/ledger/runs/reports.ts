import { sql } from 'kysely';
import type { CallKind } from '../../core/call.ts';
import type { ReadProof } from '../../core/people/read-proof.ts';
import { noLeavers } from '../../core/report/leaver-counts.ts';
import { type Outcome, tally } from '../../core/report/outcome.ts';
import type { ReasonCode } from '../../core/report/reasons.ts';
import {
  type CallCounts,
  noCalls,
  type ReasonCount,
  type Report,
  type TargetReport,
} from '../../core/report/report.ts';
import { mostTries } from '../../core/report/retry.ts';
import { leaverCounts } from '../leavers/counts.ts';
import type { Ledger } from '../open.ts';
import { parityCounts } from '../plan/parity.ts';
import { keptCounts } from '../reading/kept.ts';
import { reasonCounts } from './outcomes.ts';
import { sinceLastFullPlan } from './reference-run.ts';
import type { Run } from './runs.ts';

/** The result of a run so far, put together from what its steps stored. */
export const composeReport = async (
  ledger: Ledger,
  run: Run,
  end: Pick<Report, 'status' | 'failure'>,
): Promise<Report> => {
  // One after the other: closing works in one transaction, which has one connection.
  const read = await readSummary(ledger, run);
  const calls = await callCounts(ledger, run.id);
  const outcomes = await outcomeCounts(ledger, run.id);
  const changes = await changeCounts(ledger, run.id, holdsPlan(end.status));
  const unchanged = await unchangedCounts(ledger, run);
  const adopted = await adoptedCounts(ledger, run.id);
  const failures = await failureCounts(ledger, run);
  const kept = await keptCounts(ledger, run);
  const reasons = await reasonsNotWritten(ledger, run.id);
  const parity = await parityCounts(ledger, run.id);
  const leavers = await leaverCounts(ledger, run.id);
  const target = (id: string): TargetReport => ({
    ...tally({ ...outcomes.get(id), unchanged: unchanged.get(id) ?? 0 }),
    changes: { set: changes.get(id)?.set ?? 0, cleared: changes.get(id)?.cleared ?? 0 },
    adopted: adopted.get(id) ?? 0,
    calls: calls.get(id) ?? noCalls,
    kept: kept.get(id) ?? [],
    reasons: reasons.get(id) ?? [],
    parity: parity.get(id) ?? [],
    leavers: leavers?.get(id) ?? (leavers === null ? null : noLeavers),
  });
  const sum = (pick: (one: ChangeCount) => number): number => [...changes.values()].reduce((n, c) => n + pick(c), 0);
  return {
    run: run.id,
    connector: run.connector,
    mode: run.mode,
    intent: run.intent,
    ...end,
    read: { ...read.summary, calls: calls.get('source') ?? noCalls },
    warnings: run.warnings,
    targets: Object.fromEntries(run.targets.map((id) => [id, target(id)])),
    guard: run.guard,
    heldFrom: run.heldFrom,
    holds: run.holds,
    retryOf: run.retryOf,
    decision: run.decision,
    failures,
    forecast: holdsPlan(end.status)
      ? { people: await plannedPeople(ledger, run.id), set: sum((c) => c.set), cleared: sum((c) => c.cleared) }
      : null,
    durationMs: read.durationMs,
    waitedMs: read.waitedMs,
  };
};

/** Whether a run that ends like this leaves a plan to decide over. */
export const holdsPlan = (status: Report['status']): boolean => status === 'planned' || status === 'awaitingApproval';

const readSummary = async (ledger: Ledger, run: Run) => {
  const { rows } = await sql<Times & { users: number; pages: number; proof: ReadProof }>`select
      coalesce(sum(p.users), 0)::integer as users, count(p.page_no)::integer as pages,
      coalesce(r.read_proof, 'none') as proof,
      (extract(epoch from clock_timestamp() - r.started_at) * 1000 - r.waited_ms)::float8 as "durationMs",
      r.waited_ms as "waitedMs"
    from run r left join read_page p on p.run = r.id and p.read_no = r.read_no
    where r.id = ${run.id} group by r.started_at, r.read_proof, r.waited_ms`.execute(ledger.db);
  const { durationMs, waitedMs, ...read } = rows[0] ?? {
    ...{ users: 0, pages: 0, proof: 'none' },
    ...{ durationMs: 0, waitedMs: 0 },
  };
  return {
    summary: { ...read, complete: read.proof !== 'none' },
    durationMs: Math.round(durationMs),
    waitedMs: Math.round(waitedMs),
  };
};

/** Time worked, and time a plan waited for its decision. */
type Times = { readonly durationMs: number; readonly waitedMs: number };

/** How many different people a plan would write, at however many targets each of them has an account. */
const plannedPeople = async (ledger: Ledger, run: string): Promise<number> => {
  const { rows } = await sql<{ people: number }>`select count(distinct person)::integer as people from change
    where run = ${run} and status = 'planned'`.execute(ledger.db);
  return rows[0]?.people ?? 0;
};

const notWritten: ReadonlySet<Outcome> = new Set<Outcome>(['failed', 'ambiguous', 'unmatched', 'skipped']);

/** Why people were not written, but for those whom the document leaves out. */
const reasonsNotWritten = async (ledger: Ledger, run: string): Promise<ReadonlyMap<string, readonly ReasonCount[]>> => {
  const counts = new Map<string, readonly ReasonCount[]>();
  for (const { target, ...one } of await reasonCounts(ledger, run)) {
    if (notWritten.has(one.outcome)) counts.set(target, [...(counts.get(target) ?? []), one]);
  }
  return counts;
};

const callCounts = async (ledger: Ledger, run: string): Promise<ReadonlyMap<string, CallCounts>> => {
  const { rows } = await sql<Record<CallKind, number> & { party: string }>`select party, login, listing, read, write
    from run_calls where run = ${run}`.execute(ledger.db);
  return new Map(rows.map(({ party, ...counts }) => [party, counts]));
};

const outcomeCounts = async (
  ledger: Ledger,
  run: string,
): Promise<ReadonlyMap<string, Partial<Record<Outcome, number>>>> => {
  const { rows } = await sql<{ target: string; outcome: Outcome; count: number }>`select target, outcome,
      count(*)::integer as count from outcome where run = ${run} group by target, outcome`.execute(ledger.db);
  const counts = new Map<string, Partial<Record<Outcome, number>>>();
  for (const { target, outcome, count } of rows) counts.set(target, { ...counts.get(target), [outcome]: count });
  return counts;
};

type ChangeCount = { readonly set: number; readonly cleared: number };

/** Values written; in a plan that waits, values planned. */
const changeCounts = async (
  ledger: Ledger,
  run: string,
  planned: boolean,
): Promise<ReadonlyMap<string, ChangeCount>> => {
  const { rows } = await sql<ChangeCount & { target: string }>`select target,
      count(*) filter (where after_sealed is not null)::integer as set,
      count(*) filter (where after_sealed is null)::integer as cleared
    from change where run = ${run} and case when ${planned} then status = 'planned' else status in ('applied', 'already') end group by target`.execute(
    ledger.db,
  );
  return new Map(rows.map(({ target, ...counts }) => [target, counts]));
};

/** Unchanged since the last run, counted per page; and found equal in this run, counted per candidate. */
const unchangedCounts = async (ledger: Ledger, run: Run): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ target: string; count: number }>`select target, sum(n)::integer as count from (
      select key as target, value::integer as n from read_page, jsonb_each_text(unchanged)
      where run = ${run.id} and read_no = ${run.readNo}
      union all select target, 1 from staged_user where run = ${run.id} and state = 'unchanged') both_kinds
    group by target`.execute(ledger.db);
  return new Map(rows.map((row) => [row.target, row.count]));
};

const adoptedCounts = async (ledger: Ledger, run: string): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ target: string; count: number }>`select target, sum(adopted)::integer as count
    from staged_user where run = ${run} group by target`.execute(ledger.db);
  return new Map(rows.map((row) => [row.target, row.count]));
};

/** The reasons of people of whom a run tells nothing. */
const notReached: readonly ReasonCode[] = ['runEnded', 'triedWeekly'];

/**
 * Failed users; known are those who ended like this, for the same reason, when a run last had an outcome for them, and those
 * who are tried once in a while only, because of many such runs.
 */
const failureCounts = async (ledger: Ledger, run: Run): Promise<Report['failures']> => {
  const { rows } = await sql<{ known: number; all: number }>`with since as (
      select id, started_at from run where id in ${sinceLastFullPlan(run)}),
    ends as (
      select o.target, o.person, o.outcome, o.reason, o.facts, since.started_at from outcome o join since on since.id = o.run
        where o.reason <> all(${notReached}::text[])
      union all
      select s.target, s.person, s.state, '', null, since.started_at from staged_user s join since on since.id = s.run
        where s.state = 'unchanged')
    select count(*)::integer as all, count(*) filter (where o.reason = 'triedWeekly' or exists (
        select 1 from failing f where f.connector = ${run.connector} and f.target = o.target and f.person = o.person
          and f.times >= ${mostTries} and f.reason = o.reason and f.facts is not distinct from o.facts) or (
        select e.outcome = 'failed' and e.reason = o.reason and e.facts is not distinct from o.facts from ends e
        where e.target = o.target and e.person = o.person order by e.started_at desc limit 1))::integer as known
    from outcome o where run = ${run.id} and outcome = 'failed'`.execute(ledger.db);
  const { known, all } = rows[0] ?? { known: 0, all: 0 };
  return { new: all - known, known };
};
