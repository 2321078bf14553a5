import { sql } from 'kysely';
import { Failure } from '../../core/failure.ts';
import type { Ledger } from '../open.ts';
import { findRun, type Run } from './runs.ts';

/** Who decided over a plan, when and why; `version` is the version of the connector the plan was made with. */
export type Decision = {
  readonly decision: 'approved' | 'rejected';
  readonly who: string;
  readonly comment: string | null;
  readonly version: number;
  readonly at: Date;
};

/** What somebody says about a plan. */
export type Deciding = { readonly run: string; readonly who: string; readonly comment: string | null };

/** Lets a held or dry plan through: only a plan with this on record is ever applied. Throws `conflict` for any other. */
export const approvePlan = async (ledger: Ledger, deciding: Deciding): Promise<void> => {
  const held = sql`status in ('awaitingApproval', 'planned') and plan_expires_at > now()`;
  if (!(await decide(ledger, deciding, 'approved', held))) throw await undecidable(ledger, deciding.run);
};

/** Turns a plan down for good, also an approved one that is not being applied yet. Throws `conflict` for any other. */
export const rejectPlan = async (ledger: Ledger, deciding: Deciding): Promise<void> => {
  const open = sql`status in ('awaitingApproval', 'planned', 'approved')`;
  if (!(await decide(ledger, deciding, 'rejected', open))) throw await undecidable(ledger, deciding.run);
};

const decide = async (
  ledger: Ledger,
  { run, who, comment }: Deciding,
  decision: Decision['decision'],
  allowed: ReturnType<typeof sql>,
): Promise<boolean> => {
  const { rows } = await sql`with decided as (
      update run set status = ${decision}, report = jsonb_set(report, '{status}', to_jsonb(${decision}::text)),
        missing_since = null, approved_at = case when ${decision} = 'approved' then coalesce(approved_at, now()) end
      where id = ${run} and ${allowed} returning id, version)
    insert into decision (run, decision, who, comment, version)
    select id, ${decision}, ${who}, ${comment}, version from decided returning run`.execute(ledger.db);
  return rows.length === 1;
};

/** All decisions over a plan, the newest first. */
export const decisionsOver = async (ledger: Ledger, run: string): Promise<Decision[]> => {
  const { rows } = await sql<Decision>`select decision, who, comment, version, decided_at as at from decision
    where run = ${run} order by id desc`.execute(ledger.db);
  return rows;
};

/**
 * Sets an approved plan going under this workflow, the only way in which a plan gets to be `running`. Throws `conflict`
 * for a plan nobody has approved, or that is not held any more.
 */
export const takeUpPlan = async (
  ledger: Ledger,
  { run, workflowId, namespace }: { run: string; workflowId: string; namespace: string },
): Promise<void> => {
  const { rows } = await sql`update run set status = 'running', phase = 'apply', workflow_id = ${workflowId},
      namespace = ${namespace}, missing_since = null, note = null
    where id = ${run} and (status = 'approved' or (status = 'running' and workflow_id = ${workflowId}))
    returning id`.execute(ledger.db);
  if (rows.length === 0) throw await undecidable(ledger, run);
};

/** Why nothing can be decided over the plan of a run, or why it cannot be applied, as its row stands. */
export const undecidable = async (ledger: Ledger, id: string): Promise<Failure> => {
  const run = await findRun(ledger, id);
  if (run === null) return new Failure('notFound', `There is no run ${id}.`, { remedy: 'See `attune runs`.' });
  const [last] = await decisionsOver(ledger, id);
  const { message, remedy } = standing(run, last);
  return new Failure('conflict', message, { remedy });
};

const standing = (run: Run, last: Decision | undefined): { readonly message: string; readonly remedy: string } => {
  const anew = 'Start a new run.';
  const by = last === undefined ? '' : ` by ${last.who}`;
  switch (run.status) {
    case 'awaitingApproval':
    case 'planned':
      return run.planExpiresAt !== null && run.planExpiresAt.getTime() <= Date.now()
        ? { message: `The plan of run ${run.id} has expired.`, remedy: anew }
        : {
            message: `Nobody has approved the plan of run ${run.id}.`,
            remedy: `Approve it with \`attune approve ${run.id}\`: that is recorded, and applies it.`,
          };
    case 'approved':
      return {
        message: `The plan of run ${run.id} was approved${by} and is applied as soon as its connector is free.`,
        remedy: `\`attune reject ${run.id}\` still stops it.`,
      };
    case 'running':
      return {
        message: `Run ${run.id} is still going on.`,
        remedy:
          run.missingSince === null
            ? `Wait for it, or end it with \`attune cancel ${run.id}\`.`
            : 'Its workflow is gone: Attune closes it within a minute. Try again then.',
      };
    case 'rejected':
      return { message: `The plan of run ${run.id} was rejected${by}.`, remedy: anew };
    case 'superseded':
      return { message: `The plan of run ${run.id} is superseded by a later one.`, remedy: 'Decide over that one.' };
    default:
      return { message: `Run ${run.id} has ended as '${run.status}' and holds no plan.`, remedy: anew };
  }
};

/**
 * Ends the plans of a connector that are not being applied, because `successor` has judged a newer one. An increment
 * knows a few people only: it replaces other increments, not the plan for everybody. An approved plan gives way only to a
 * run of everybody that writes or is held itself (`binding`), and its note tells the approver.
 */
export const supersedePlans = async (
  ledger: Ledger,
  successor: Pick<Run, 'id' | 'connector' | 'mode'>,
  binding: boolean,
): Promise<void> => {
  await sql`update run set status = 'superseded',
      note = case when status = 'approved' then ${`Superseded by run ${successor.id} before it was applied.`} else note end,
      report = case when report is null then null else jsonb_set(report, '{status}', '"superseded"') end
    where connector = ${successor.connector} and id <> ${successor.id} and person is null
      and (${successor.mode} <> 'delta' or mode = 'delta')
      and (status in ('awaitingApproval', 'planned')
        or (status = 'approved' and ${binding && successor.mode !== 'delta'}))`.execute(ledger.db);
};
