import { sql } from 'kysely';
import type { CallKind } from '../../core/call.ts';
import type { FailureKind } from '../../core/failure.ts';
import type { GuardVerdict } from '../../core/guard.ts';
import type { RunPhase } from '../../core/progress.ts';
import type { Report, RunIntent, RunMode, RunStatus } from '../../core/report.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';

/** A run as the ledger knows it. `person` is set for a run of one person. */
export type Run = {
  readonly id: string;
  readonly connector: string;
  readonly version: number;
  readonly mode: RunMode;
  readonly intent: RunIntent;
  readonly person: SourceId | null;
  readonly workflowId: string;
  readonly startedBy: string;
  readonly status: RunStatus;
  readonly phase: RunPhase;
  readonly readNo: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly planExpiresAt: Date | null;
  readonly guard: GuardVerdict | null;
  readonly failure: { readonly kind: FailureKind; readonly message: string } | null;
  readonly report: Report | null;
};

const columns = sql`id, connector, version, mode, intent, person, workflow_id as "workflowId",
  started_by as "startedBy", status, phase, read_no as "readNo", started_at as "startedAt", finished_at as "finishedAt",
  plan_expires_at as "planExpiresAt", guard, failure, report`;

/** What a new run starts with. */
export type NewRun = Pick<
  Run,
  'id' | 'connector' | 'version' | 'mode' | 'intent' | 'person' | 'workflowId' | 'startedBy'
>;

/** Creates the run's row; a repeat of the same run changes nothing. */
export const createRun = async (ledger: Ledger, run: NewRun): Promise<void> => {
  await sql`insert into run (id, connector, version, mode, intent, person, workflow_id, started_by)
    values (${run.id}, ${run.connector}, ${run.version}, ${run.mode}, ${run.intent}, ${run.person},
      ${run.workflowId}, ${run.startedBy})
    on conflict (id) do nothing`.execute(ledger.db);
};

/** The run of this id, or null. */
export const findRun = async (ledger: Ledger, id: string): Promise<Run | null> => {
  const { rows } = await sql<Run>`select ${columns} from run where id = ${id}`.execute(ledger.db);
  return rows[0] ?? null;
};

/** The newest runs, of one connector or of all, newest first. */
export const listRuns = async (ledger: Ledger, filter: { connector?: string; limit: number }): Promise<Run[]> => {
  const { rows } = await sql<Run>`select ${columns} from run
    where ${filter.connector ?? null}::text is null or connector = ${filter.connector ?? null}
    order by started_at desc limit ${filter.limit}`.execute(ledger.db);
  return rows;
};

/** Remembers the step a run is in. */
export const setPhase = async (ledger: Ledger, id: string, phase: RunPhase): Promise<void> => {
  await sql`update run set phase = ${phase} where id = ${id} and phase <> ${phase}`.execute(ledger.db);
};

/** Adds the HTTP requests sent to a source or target in the name of this run. */
export const addCalls = async (
  ledger: Ledger,
  id: string,
  party: string,
  calls: Readonly<Record<CallKind, number>>,
): Promise<void> => {
  if (calls.login + calls.listing + calls.read + calls.write === 0) return;
  await sql`insert into run_calls (run, party, login, listing, read, write)
    values (${id}, ${party}, ${calls.login}, ${calls.listing}, ${calls.read}, ${calls.write})
    on conflict (run, party) do update set login = run_calls.login + excluded.login,
      listing = run_calls.listing + excluded.listing, read = run_calls.read + excluded.read,
      write = run_calls.write + excluded.write`.execute(ledger.db);
};

/** Stores the guard's judgement. */
export const storeVerdict = async (ledger: Ledger, id: string, verdict: GuardVerdict): Promise<void> => {
  await sql`update run set guard = ${JSON.stringify(verdict)}::jsonb where id = ${id}`.execute(ledger.db);
};

/**
 * Ends the held plans of a connector, because `successor` has judged a newer one. An increment knows a few people only:
 * it replaces other increments, not the plan for everybody.
 */
export const supersedePlans = async (
  ledger: Ledger,
  successor: Pick<Run, 'id' | 'connector' | 'mode'>,
): Promise<void> => {
  await sql`update run set status = 'superseded',
      report = case when report is null then null else jsonb_set(report, '{status}', '"superseded"') end
    where connector = ${successor.connector} and id <> ${successor.id} and person is null
      and (${successor.mode} <> 'delta' or mode = 'delta')
      and status in ('awaitingApproval', 'planned')`.execute(ledger.db);
};

/** Takes a held or dry plan up for applying; false when it is not (or no longer) one that may be applied. */
export const reopenPlan = async (ledger: Ledger, id: string, workflowId: string): Promise<boolean> => {
  const { rows } = await sql`update run set status = 'running', phase = 'apply', workflow_id = ${workflowId},
      approved_at = coalesce(approved_at, now())
    where id = ${id} and ((status in ('awaitingApproval', 'planned') and plan_expires_at > now())
      or (status = 'running' and workflow_id = ${workflowId})) returning id`.execute(ledger.db);
  return rows.length === 1;
};

/** Turns a held plan down for good; false when the run is not a held plan. */
export const rejectPlan = async (ledger: Ledger, id: string): Promise<boolean> => {
  const { rows } = await sql`update run set status = 'rejected', report = jsonb_set(report, '{status}', '"rejected"')
    where id = ${id} and status in ('awaitingApproval', 'planned') returning id`.execute(ledger.db);
  return rows.length === 1;
};

/** The final state of a run. A plan that may still be applied is held for `planDays`. */
export type RunEnd = {
  readonly status: RunStatus;
  readonly failure: Run['failure'];
  readonly report: Report;
  readonly planDays: number;
};

/** Closes a run with its report. */
export const endRun = async (ledger: Ledger, id: string, end: RunEnd): Promise<void> => {
  const holds = end.status === 'awaitingApproval' || end.status === 'planned';
  await sql`update run set status = ${end.status}, phase = 'ended', finished_at = now(),
      failure = ${end.failure === null ? null : JSON.stringify(end.failure)}::jsonb,
      report = ${JSON.stringify(end.report)}::jsonb,
      plan_expires_at = case when ${holds} then now() + make_interval(days => ${end.planDays}) end
    where id = ${id}`.execute(ledger.db);
};

/** How many runs of each status each connector has. */
export const countRuns = async (
  ledger: Ledger,
): Promise<readonly { readonly connector: string; readonly status: RunStatus; readonly runs: number }[]> => {
  const { rows } = await sql<{ connector: string; status: RunStatus; runs: number }>`
    select connector, status, count(*)::integer as runs from run group by connector, status`.execute(ledger.db);
  return rows;
};
