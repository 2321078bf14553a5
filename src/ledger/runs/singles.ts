import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import type { Run } from './runs.ts';

/**
 * Runs of one person that are in progress and have begun to read: what changes at the source now may not be in them.
 */
export const readingRunsOf = async (
  ledger: Ledger,
  connector: string,
  person: SourceId,
): Promise<readonly Pick<Run, 'id' | 'workflowId'>[]> => {
  const { rows } = await sql<Pick<Run, 'id' | 'workflowId'>>`select id, workflow_id as "workflowId" from run
    where status = 'running' and connector = ${connector} and person = ${person} and phase <> 'open'`.execute(
    ledger.db,
  );
  return rows;
};

/** How many runs of one person are in progress, across all connectors. */
export const countSingles = async (ledger: Ledger): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*)::integer as count from run
    where status = 'running' and person is not null`.execute(ledger.db);
  return rows[0]?.count ?? 0;
};
