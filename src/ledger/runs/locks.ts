import { sql } from 'kysely';
import type { Ledger } from '../open.ts';

/** A run that wants a connector for itself. */
export type LockRequest = { readonly connector: string; readonly run: string; readonly workflowId: string };

/** The answer to it: the lock, or who holds it and since when. */
export type LockAnswer =
  | { readonly taken: true }
  | { readonly taken: false; readonly run: string; readonly workflowId: string; readonly since: Date };

/** Takes the connector's run lock, or tells who holds it. A run that holds it already has it again. */
export const takeLock = async (ledger: Ledger, { connector, run, workflowId }: LockRequest): Promise<LockAnswer> => {
  const { rows: mine } = await sql`insert into run_lock (connector, run, workflow_id)
    values (${connector}, ${run}, ${workflowId})
    on conflict (connector) do update set workflow_id = excluded.workflow_id where run_lock.run = excluded.run
    returning run`.execute(ledger.db);
  if (mine.length === 1) return { taken: true };
  const { rows } = await sql<{ run: string; workflowId: string; since: Date }>`select run,
    workflow_id as "workflowId", taken_at as since from run_lock where connector = ${connector}`.execute(ledger.db);
  const holder = rows[0];
  return holder === undefined ? takeLock(ledger, { connector, run, workflowId }) : { taken: false, ...holder };
};

/**
 * Takes the lock from a holder whose workflow is known to be closed. False when another run was faster: then the lock
 * has a new holder, about whom nothing is known yet.
 */
export const takeOverLock = async (ledger: Ledger, request: LockRequest, from: { run: string }): Promise<boolean> => {
  const { rows } = await sql`update run_lock
    set run = ${request.run}, workflow_id = ${request.workflowId}, taken_at = now()
    where connector = ${request.connector} and run = ${from.run} returning run`.execute(ledger.db);
  return rows.length === 1;
};

/** Gives the lock back; does nothing when the run no longer holds it. */
export const releaseLock = async (ledger: Ledger, connector: string, run: string): Promise<void> => {
  await sql`delete from run_lock where connector = ${connector} and run = ${run}`.execute(ledger.db);
};
