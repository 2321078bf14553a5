import { sql } from 'kysely';
import type { CallKind } from '../../core/call.ts';
import { type FailureKind, isFailure } from '../../core/failure.ts';
import type { GuardVerdict } from '../../core/plan/guard.ts';
import type { RunPhase } from '../../core/report/progress.ts';
import type { Report, RunDecision, RunIntent, RunMode, RunStatus } from '../../core/report/report.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { keptFailure, keptReport, keptVerdict, type StoredVerdict } from './kept-report.ts';

/** A run as the ledger knows it. `person` is set for a run of one person. */
export type Run = {
  readonly id: string;
  readonly connector: string;
  readonly version: number;
  readonly mode: RunMode;
  readonly intent: RunIntent;
  readonly person: SourceId | null;
  /** The workflow that carries it, and the namespace of Temporal where it is asked for; null for a run of before. */
  readonly workflowId: string;
  readonly namespace: string | null;
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
  /** The targets and the credential's warnings its opening found; no targets when it was never opened. */
  readonly targets: readonly string[];
  readonly warnings: readonly string[];
  /** What identifies the plan it holds for whoever decides on it; null for a run that holds none. */
  readonly planDigest: string | null;
  /** The run whose plan its own was taken out of; the run that took its own part out; the run that replaced its plan. */
  readonly heldFrom: string | null;
  readonly holds: string | null;
  readonly supersededBy: string | null;
  /** The run whose failed and skipped people it tries again; null for a run that reads on its own. */
  readonly retryOf: string | null;
  /** The run whose plan it looks at the source again for; null for a run of its own. */
  readonly looksFor: string | null;
  readonly decision: RunDecision | null;
  /** What happened to its plan after it was made, for whoever decides or has decided on it. */
  readonly note: string | null;
  /** Since when its workflow is known to be over although it has not been closed. */
  readonly missingSince: Date | null;
  readonly cancelAskedBy: string | null;
  /** When somebody let its plan through; null where nobody did. */
  readonly approvedAt: Date | null;
};

/** A row of the table of decisions as runs and reports tell it. */
export const decisionJson = (row: ReturnType<typeof sql>) => sql`jsonb_build_object('decision', ${row}.decision,
  'by', ${row}.who, 'at', to_char(${row}.decided_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'comment', ${row}.comment, 'without', coalesce(${row}.without, '[]'::jsonb))`;

/** All there is of a run, for a statement that begins with `select` or ends with `returning`. */
export const runColumns = sql`id, connector, version, mode, intent, person, workflow_id as "workflowId", namespace,
  approved_at as "approvedAt", plan_digest as "planDigest", held_from as "heldFrom", superseded_by as "supersededBy", retry_of as "retryOf", looks_for as "looksFor",
  (select h.id from run h where h.held_from = run.id limit 1) as holds,
  (select ${decisionJson(sql`d`)} from decision d where d.run = run.id order by d.id desc limit 1) as decision,
  coalesce(targets, '{}') as targets, warnings, note, missing_since as "missingSince",
  cancel_asked_by as "cancelAskedBy", started_by as "startedBy", status, phase, read_no as "readNo", started_at as "startedAt", finished_at as "finishedAt",
  plan_expires_at as "planExpiresAt", guard, failure, report`;

/** A run as the columns give it, with what is kept as JSON unread. */
export type RunRow = Omit<Run, 'guard' | 'failure' | 'report'> & Record<'guard' | 'failure' | 'report', unknown>;

/** The run of a row. Throws `config` for one whose judgement, failure or report another release wrote in its own form. */
export const runOf = (row: RunRow): Run => ({
  ...row,
  guard: row.guard === null ? null : keptVerdict.of(row.guard),
  failure: row.failure === null ? null : keptFailure.of(row.failure),
  report: row.report === null ? null : keptReport.of(row.report),
});

/** The same for a list, where one run that cannot be read hides no other: it is listed without them and says why. */
export const listedRun = (row: RunRow): Run => {
  try {
    return runOf(row);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { ...row, guard: null, failure: null, report: null, note: error.sentence };
  }
};

/** What a new run starts with. */
export type NewRun = Pick<
  Run,
  'id' | 'connector' | 'version' | 'mode' | 'intent' | 'person' | 'workflowId' | 'startedBy'
> & { readonly namespace?: string; readonly heldFrom?: string; readonly retryOf?: string | null };

/** Creates the run's row; a repeat of the same run changes nothing. */
export const createRun = async (ledger: Ledger, run: NewRun): Promise<void> => {
  await sql`insert into run (id, connector, version, mode, intent, person, workflow_id, namespace, started_by, held_from, retry_of)
    values (${run.id}, ${run.connector}, ${run.version}, ${run.mode}, ${run.intent}, ${run.person},
      ${run.workflowId}, ${run.namespace ?? null}, ${run.startedBy}, ${run.heldFrom ?? null}, ${run.retryOf ?? null})
    on conflict (id) do nothing`.execute(ledger.db);
};

/**
 * Pins what a run works with when it is opened for the first time: the version of its connector, and what its report
 * will need although that version may not open any more.
 */
export const pinRun = async (
  ledger: Ledger,
  { id, version, targets, warnings }: Pick<Run, 'id' | 'version' | 'targets' | 'warnings'>,
): Promise<void> => {
  await sql`update run set version = ${version}, targets = ${targets}::text[], warnings = ${warnings}::text[]
    where id = ${id} and targets is null`.execute(ledger.db);
};

/** Adds something to what the report warns of; said once. */
export const warnOf = async (ledger: Ledger, id: string, warning: string): Promise<void> => {
  await sql`update run set warnings = array_append(warnings, ${warning}::text)
    where id = ${id} and not ${warning}::text = any(warnings)`.execute(ledger.db);
};

/** The run of this id, or null. */
export const findRun = async (ledger: Ledger, id: string): Promise<Run | null> => {
  const { rows } = await sql<RunRow>`select ${runColumns} from run
    where id = ${id} and removed_at is null`.execute(ledger.db);
  return rows[0] === undefined ? null : runOf(rows[0]);
};

/** The newest runs, of one connector or of all, newest first. */
export const listRuns = async (ledger: Ledger, filter: { connector?: string; limit: number }): Promise<Run[]> => {
  const { rows } = await sql<RunRow>`select ${runColumns} from run
    where removed_at is null and looks_for is null and (${filter.connector ?? null}::text is null or connector = ${filter.connector ?? null})
    order by started_at desc limit ${filter.limit}`.execute(ledger.db);
  return rows.map(listedRun);
};

/** Remembers the step a run is in; one that is being closed stays so, whatever a step left over says. */
export const setPhase = async (ledger: Ledger, id: string, phase: RunPhase): Promise<void> => {
  await sql`update run set phase = ${phase}
    where id = ${id} and phase <> ${phase} and phase not in ('close', 'ended')`.execute(ledger.db);
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

/** Stores the guard's judgement, and how long the plan may be decided over from now on. */
export const storeVerdict = async (
  ledger: Ledger,
  id: string,
  verdict: StoredVerdict,
  planMs: number,
): Promise<void> => {
  await sql`update run set guard = ${keptVerdict.text(verdict)}::jsonb,
    plan_expires_at = now() + make_interval(secs => ${planMs / 1000}) where id = ${id}`.execute(ledger.db);
};

/** How many runs of each status each connector has. */
export const countRuns = async (
  ledger: Ledger,
): Promise<readonly { readonly connector: string; readonly status: RunStatus; readonly runs: number }[]> => {
  const { rows } = await sql<{ connector: string; status: RunStatus; runs: number }>`
    select connector, status, count(*)::integer as runs from run
      where removed_at is null and looks_for is null group by connector, status`.execute(ledger.db);
  return rows;
};
