import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import type { RunStatus } from '../../core/report/report.ts';
import type { Ledger } from '../../ledger/open.ts';
import { decisionsOver, takeUpPlan, undecidable } from '../../ledger/runs/decisions.ts';
import { releaseLock } from '../../ledger/runs/locks.ts';
import { findRun, pinRun, type Run } from '../../ledger/runs/runs.ts';
import { closeRun } from '../close.ts';
import type { Workflows } from '../settle.ts';
import { checkTargets, type Refused } from './check-targets.ts';
import { lockConnector } from './lock-connector.ts';
import type { OpeningDeps } from './open.ts';

/**
 * Whether an approved plan can be applied now; it waits as `approved` while another run has its connector; or it has
 * ended otherwise in the meantime, as `status` says.
 */
export type OpenedPlan =
  | { readonly opened: 'begun'; readonly targets: readonly string[]; readonly refused: Refused }
  | { readonly opened: 'wait' }
  | { readonly opened: 'over'; readonly status: RunStatus };

/** Which plan is to be applied, by which workflow. */
export type PlanOpening = { readonly run: string; readonly workflowId: string; readonly namespace: string };

/**
 * Takes up an approved plan: waits for the connector's lock, checks whether the plan is still valid under the current
 * settings, and only then starts it. Throws `conflict` for a plan that nobody has approved.
 */
export const openPlan = async (
  { ledger, openConnector }: OpeningDeps,
  { run: id, workflowId, namespace }: PlanOpening,
  workflows: Workflows,
  call: Call,
): Promise<OpenedPlan> => {
  const run = await findRun(ledger, id);
  if (run === null) throw await undecidable(ledger, id);
  const isOurs = run.status === 'running' && run.workflowId === workflowId;
  if (isOver(run) && (await wasApproved(ledger, run.id))) return { opened: 'over', status: run.status };
  if (run.status !== 'approved' && !isOurs) throw await undecidable(ledger, run.id);
  const request = { connector: run.connector, run: run.id, workflowId };
  const locked = await lockConnector(ledger, request, { mode: 'full', waits: true }, workflows);
  if (locked !== 'taken') return { opened: 'wait' };
  try {
    const { targets, version } = await openConnector(run.connector, run.version);
    await pinRun(ledger, { id: run.id, version, targets: [...targets.keys()], warnings: [] });
    const refused = await checkTargets([...targets.values()], call);
    await takeUpPlan(ledger, { run: run.id, workflowId, namespace });
    return { opened: 'begun', targets: [...targets.keys()], refused };
  } catch (error) {
    const now = await findRun(ledger, run.id);
    if (now?.status === 'running' || !isFailure(error)) throw error;
    if (now !== null && isOver(now)) {
      await releaseLock(ledger, run.connector, run.id);
      return { opened: 'over', status: now.status };
    }
    if (!isVoid(error.kind)) throw error;
    const message = `The approved plan was not applied and nothing was written: ${error.sentence}`;
    const { status } = await closeRun(ledger, run.id, { status: 'failed', failure: { kind: error.kind, message } });
    return { opened: 'over', status };
  }
};

/** Whether a plan that was approved has come to an end meanwhile: rejected, cancelled, superseded or void. */
const isOver = ({ status }: Run): boolean => !['awaitingApproval', 'planned', 'approved', 'running'].includes(status);

const wasApproved = async (ledger: Ledger, run: string): Promise<boolean> =>
  (await decisionsOver(ledger, run)).some(({ decision }) => decision === 'approved');

/** A permanent failure: the current document or the current targets do not accept the plan. */
const isVoid = (kind: string): boolean => ['config', 'conflict', 'auth', 'forbidden'].includes(kind);
