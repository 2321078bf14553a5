import { sql } from 'kysely';
import { Failure } from '../../core/failure.ts';
import type { Report, RunStatus } from '../../core/report/report.ts';
import type { Ledger } from '../open.ts';
import { keptFailure, keptReport } from './kept-report.ts';
import { listedRun, type Run, type RunRow, runColumns, runOf } from './runs.ts';

/** Whether a run has not ended: it is running, or its approved plan waits for its turn. */
export const isUnfinished = ({ status }: Pick<Run, 'status'>): boolean => status === 'running' || status === 'approved';

/**
 * Throws `conflict` where a workflow does not carry a run any more: the run has ended, or an approval of its plan is
 * carried out by another workflow. A workflow that is reset in Temporal comes back to such a run.
 */
export const mustCarry = ({ id, status, workflowId }: Run, asking: string): void => {
  if (status === 'running' && workflowId === asking) return;
  throw new Failure('conflict', `Run ${id} has ended, or another workflow carries it out now; this one does nothing.`);
};

/** All runs that have not ended, the oldest first. */
export const unfinishedRuns = async (ledger: Ledger): Promise<Run[]> => {
  const { rows } = await sql<RunRow>`select ${runColumns} from run where status in ('running', 'approved')
    and looks_for is null order by started_at`.execute(ledger.db);
  return rows.map(listedRun);
};

/** Bars a run from beginning anything new: what its steps still do is recorded, then it is closed. */
export const barRun = async (ledger: Ledger, id: string): Promise<void> => {
  await sql`update run set phase = 'close' where id = ${id} and status in ('running', 'approved')
    and phase <> 'close'`.execute(ledger.db);
};

/** Whether somebody still holds claims for this run: what they do is not recorded yet. */
export const isWriting = async (ledger: Ledger, id: string): Promise<boolean> => {
  const { rows } = await sql`select 1 from account_claim where run = ${id} and in_doubt and ends_at > clock_timestamp()
    limit 1`.execute(ledger.db);
  return rows.length > 0;
};

/** The run, kept from everybody else who would close it until the transaction ends. */
export const runToClose = async (ledger: Ledger, id: string): Promise<Run | null> => {
  const { rows } = await sql<RunRow>`select ${runColumns} from run where id = ${id} for no key update`.execute(
    ledger.db,
  );
  return rows[0] === undefined ? null : runOf(rows[0]);
};

/** The final state of a run. A plan that may still be applied is held for `planDays`. */
export type RunEnd = {
  readonly status: RunStatus;
  readonly failure: Run['failure'];
  readonly report: Report;
  readonly planDays: number;
  readonly note: string | null;
};

/** What names a plan: a hash over every change of it, the same whenever it is taken. */
const planDigest = (run: string) => sql`(select encode(sha256(coalesce(string_agg(sha256(
    convert_to(json_build_array(target, person, attribute)::text, 'UTF8')
      || coalesce(before_digest, before_sealed, '') || '\\x00'::bytea || coalesce(after_digest, after_sealed, '')),
    ''::bytea order by target, person, attribute), '')), 'hex') from change where run = ${run})`;

/** Ends a run with its report. */
export const endRun = async (ledger: Ledger, id: string, end: RunEnd): Promise<void> => {
  const holds = end.status === 'awaitingApproval' || end.status === 'planned';
  await sql`update run set status = ${end.status}, phase = 'ended', finished_at = now(), missing_since = null,
      failure = ${end.failure === null ? null : keptFailure.text(end.failure)}::jsonb,
      report = ${keptReport.text(end.report)}::jsonb,
      note = coalesce(${end.note}, note),
      plan_expires_at = case when ${holds} then coalesce(plan_expires_at, now() + make_interval(days => ${end.planDays})) end,
      plan_digest = case when ${holds} then coalesce(plan_digest, ${planDigest(id)}) else plan_digest end
    where id = ${id}`.execute(ledger.db);
};

/**
 * Notes that a run's workflow was found to be over, and says whether that has been so for `graceMs` at least. Two answers
 * that far apart: a workflow that continues as new or is reset is not open for a moment.
 */
export const noteMissing = async (
  ledger: Ledger,
  run: Pick<Run, 'id' | 'workflowId'>,
  graceMs: number,
): Promise<boolean> => {
  const { rows } = await sql<{ over: boolean }>`update run set missing_since = coalesce(missing_since, now())
    where id = ${run.id} and status = 'running' and workflow_id = ${run.workflowId}
    returning missing_since <= now() - make_interval(secs => ${graceMs / 1000}) as over`.execute(ledger.db);
  return rows[0]?.over ?? false;
};

/** Records that a run's workflow is running after all. */
export const noteFound = async (ledger: Ledger, id: string): Promise<void> => {
  await sql`update run set missing_since = null where id = ${id} and missing_since is not null`.execute(ledger.db);
};

/**
 * Records who wants a run ended, so that it ends as cancelled even if its workflow cannot be reached. Throws `conflict`
 * for a run that is over.
 */
export const askCancel = async (ledger: Ledger, id: string, who: string): Promise<void> => {
  const { rows } = await sql<{ status: RunStatus; asked: boolean }>`with asked as (
      update run set cancel_asked_by = coalesce(cancel_asked_by, ${who})
      where id = ${id} and status in ('running', 'approved') returning id)
    select status, exists (select 1 from asked) as asked from run where id = ${id}`.execute(ledger.db);
  const [run] = rows;
  if (run === undefined) throw new Failure('notFound', `There is no run ${id}.`);
  if (run.asked) return;
  throw new Failure('conflict', `The run has ended as '${run.status}': there is nothing to cancel.`);
};
