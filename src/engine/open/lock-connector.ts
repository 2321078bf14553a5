import { Failure } from '../../core/failure.ts';
import type { RunMode } from '../../core/report/report.ts';
import type { Ledger } from '../../ledger/open.ts';
import { isUnfinished, mustCarry } from '../../ledger/runs/ending.ts';
import { type LockRequest, releaseLock, takeLock, takeOverLock } from '../../ledger/runs/locks.ts';
import { findRun, type Run } from '../../ledger/runs/runs.ts';
import { settleIfOver, type Workflows } from '../settle.ts';

/**
 * Takes the connector's lock for a run. A holder whose workflow is over is closed first, which takes two answers some
 * time apart; until then even an increment waits. A run started by hand fails at once if another is in progress; of two
 * runs that `wait`, the second waits for its turn.
 */
export const lockConnector = async (
  ledger: Ledger,
  request: LockRequest,
  { mode, waits }: { readonly mode: RunMode; readonly waits: boolean },
  workflows: Workflows,
): Promise<'taken' | 'wait' | 'skip'> => {
  const answer = await takeLock(ledger, request);
  if (answer.taken) return 'taken';
  const holder = await findRun(ledger, answer.run);
  // A lock of a run that has ended, or never was: its process was killed on the way to giving it back.
  if (holder === null || !isUnfinished(holder)) {
    return (await takeOverLock(ledger, request, answer)) ? 'taken' : 'wait';
  }
  const state = await settleIfOver(ledger, workflows, holder);
  if (state === 'settled') return (await takeLock(ledger, request)).taken ? 'taken' : 'wait';
  if (state === 'missing') return 'wait';
  if (mode === 'delta') return 'skip';
  if (waits || holder.mode === 'delta') return 'wait';
  throw new Failure('conflict', `Run ${answer.run} of ${request.connector} is still in progress.`, {
    remedy: `It began at ${answer.since.toISOString()}: wait for it, or cancel it with \`attune cancel ${answer.run}\`.`,
  });
};

/** Whether a run that left its connector has it again; it waits while another run of everybody has it. */
export type Returned = { readonly opened: 'begun' | 'wait' };

/** Leaves the connector to others while all that a run still has to do waits for the hours of its targets. */
export const leaveConnector = async (
  ledger: Ledger,
  { id, workflowId }: Pick<Run, 'id' | 'workflowId'>,
): Promise<void> => {
  const run = await findRun(ledger, id);
  if (run === null) return;
  mustCarry(run, workflowId);
  await releaseLock(ledger, run.connector, id);
};

/** Takes the connector again for a run that has work left; a run that never left it has it. */
export const returnToConnector = async (
  ledger: Ledger,
  { id, workflowId }: Pick<Run, 'id' | 'workflowId'>,
  workflows: Workflows,
): Promise<Returned> => {
  const run = await findRun(ledger, id);
  if (run === null) throw new Failure('conflict', `Run ${id} has ended in the meantime.`);
  mustCarry(run, workflowId);
  const request = { connector: run.connector, run: id, workflowId: run.workflowId };
  const locked = await lockConnector(ledger, request, { mode: 'full', waits: true }, workflows);
  return { opened: locked === 'taken' ? 'begun' : 'wait' };
};
