import { sql } from 'kysely';
import { z } from 'zod';
import { Failure } from '../../core/failure.ts';
import type { Report } from '../../core/report/report.ts';
import { keptJson } from '../kept-json.ts';
import type { Ledger } from '../open.ts';
import { leaveOut } from '../plan/leave-out.ts';
import { inTransaction } from '../transaction.ts';
import { decisionJson, findRun, listedRun, type Run, type RunRow, runColumns } from './runs.ts';

/** A part of a plan that is not applied: an attribute, a whole target, or one attribute of one target. */
export type PlanPart = { readonly target?: string; readonly attribute?: string };

const keptParts = keptJson<readonly PlanPart[]>(
  'what a decision leaves out',
  z.array(z.object({ target: z.string().exactOptional(), attribute: z.string().exactOptional() })),
);

/** Who decided over a plan, when and why; `version` is the version of the connector the plan was made with. */
export type Decision = {
  readonly decision: 'approved' | 'rejected';
  readonly who: string;
  readonly comment: string | null;
  readonly version: number;
  /** The parts of the plan that were not let through. */
  readonly without: readonly PlanPart[];
  readonly at: Date;
};

/** What somebody says about a plan; `digest` names the plan they have seen, null for whichever the run holds. */
export type Deciding = {
  readonly run: string;
  readonly who: string;
  readonly comment: string | null;
  readonly digest?: string | null;
};

/**
 * Lets a held or dry plan through, all of it or without some parts: only a plan with this on record is ever applied.
 * Throws `conflict` for any other plan, and `config` for parts it does not have or that leave nothing.
 */
export const approvePlan = async (
  ledger: Ledger,
  { without = [], ...deciding }: Deciding & { readonly without?: readonly PlanPart[] },
): Promise<void> => {
  const held = sql`status in ('awaitingApproval', 'planned') and plan_expires_at > now()`;
  const decided = await inTransaction(ledger, async (trx) => {
    const within = { ...ledger, db: trx };
    if (!(await decide(within, { ...deciding, without }, 'approved', held))) return false;
    if (without.length > 0) await leaveOut(within, deciding.run, without, deciding.who);
    return true;
  });
  if (!decided) throw await undecidable(ledger, deciding.run);
};

/** Rejects a plan for good, even an approved one that is not being applied yet. Throws `conflict` for any other. */
export const rejectPlan = async (ledger: Ledger, deciding: Deciding): Promise<void> => {
  const open = sql`status in ('awaitingApproval', 'planned', 'approved')`;
  const decided = await decide(ledger, { ...deciding, without: [] }, 'rejected', open);
  if (!decided) throw await undecidable(ledger, deciding.run);
};

const decide = async (
  ledger: Ledger,
  { run, who, comment, digest = null, without }: Deciding & { readonly without: readonly PlanPart[] },
  decision: Decision['decision'],
  allowed: ReturnType<typeof sql>,
): Promise<boolean> => {
  const { rows } = await sql`with decided as (
      update run set status = ${decision}, report = jsonb_set(report, '{status}', to_jsonb(${decision}::text)),
        missing_since = null, approved_at = case when ${decision} = 'approved' then coalesce(approved_at, now()) end
      where id = ${run} and ${allowed} and (${digest}::text is null or plan_digest = ${digest}) returning id, version)
    insert into decision (run, decision, who, comment, version, without)
    select id, ${decision}, ${who}, ${comment}, version, ${keptParts.text(without)}::jsonb from decided
    returning run`.execute(ledger.db);
  if (rows.length === 0) return false;
  await sql`update run set report = jsonb_set(report, '{decision}', (select ${decisionJson(sql`d`)} from decision d
    where d.run = ${run} order by d.id desc limit 1)) where id = ${run}`.execute(ledger.db);
  return true;
};

/** All decisions over a plan, the newest first. */
export const decisionsOver = async (ledger: Ledger, run: string): Promise<Decision[]> => {
  type Row = Omit<Decision, 'without'> & { without: unknown };
  const { rows } = await sql<Row>`select decision, who, comment, version, without, decided_at as at from decision
    where run = ${run} order by id desc`.execute(ledger.db);
  return rows.map((row) => ({ ...row, without: row.without === null ? [] : keptParts.of(row.without) }));
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
      namespace = ${namespace}, missing_since = null, note = null,
      waited_ms = waited_ms + case when status <> 'approved' then 0
        else coalesce(extract(epoch from clock_timestamp() - finished_at) * 1000, 0) end
    where id = ${run} and (status = 'approved' or (status = 'running' and workflow_id = ${workflowId}))
    returning id`.execute(ledger.db);
  if (rows.length === 0) throw await undecidable(ledger, run);
};

/** Why the plan of a run cannot be decided on, or cannot be applied, according to its row. */
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
        ? {
            message: `The plan of run ${run.id} expired at ${run.planExpiresAt.toISOString()}: nobody had decided by then.`,
            remedy: anew,
          }
        : {
            message: `Nobody has approved the plan of run ${run.id}.`,
            remedy: `Approve it with \`attune approve ${run.id}\`, which records the approval and applies the plan.`,
          };
    case 'approved':
      return {
        message: `The plan of run ${run.id} was approved${by} and will be applied as soon as its connector is free.`,
        remedy: `\`attune reject ${run.id}\` still stops it.`,
      };
    case 'running':
      return {
        message: `Run ${run.id} is still in progress.`,
        remedy:
          run.missingSince === null
            ? `Wait for it, or end it with \`attune cancel ${run.id}\`.`
            : 'Its workflow is gone; Attune will close it within a minute. Try again then.',
      };
    case 'rejected':
      return { message: `The plan of run ${run.id} was rejected${by}.`, remedy: anew };
    case 'superseded':
      return {
        message: `The plan of run ${run.id} was superseded by ${run.supersededBy === null ? 'a later one' : `run ${run.supersededBy}`}.`,
        remedy: 'Decide on that one.',
      };
    default:
      return { message: `Run ${run.id} has ended as '${run.status}' and holds no plan.`, remedy: anew };
  }
};

/**
 * Ends the plans of a connector that are not being applied, because `successor` has judged a newer one, and gives their
 * reports. An increment
 * knows a few people only: it replaces other increments, not the plan for everybody, nor what was taken out of one and is
 * looked at by no increment any more. An approved plan gives way only to a
 * run of everybody that writes or is held itself (`binding`), and its note tells the approver.
 */
export const supersedePlans = async (
  ledger: Ledger,
  successor: Pick<Run, 'id' | 'connector' | 'mode' | 'retryOf'>,
  binding: boolean,
): Promise<readonly Report[]> => {
  // Some people tried again replace nobody's plan.
  if (successor.retryOf !== null) return [];
  const { rows } = await sql<RunRow>`update run set status = 'superseded', superseded_by = ${successor.id},
      note = case when status = 'approved' then ${`Superseded by run ${successor.id} before it was applied.`} else note end,
      report = case when report is null then null else jsonb_set(report, '{status}', '"superseded"') end
    where connector = ${successor.connector} and id <> ${successor.id} and person is null
      and (${successor.mode} <> 'delta' or (mode = 'delta' and held_from is null))
      and (status in ('awaitingApproval', 'planned')
        or (status = 'approved' and ${binding && successor.mode !== 'delta'}))
    returning ${runColumns}`.execute(ledger.db);
  return rows.map(listedRun).flatMap(({ report }) => report ?? []);
};
