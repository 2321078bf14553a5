import type { Batch } from '../core/batch.ts';
import { failDueUsers } from '../ledger/plan/changes.ts';
import { settleOpenUsers } from '../ledger/plan/unsettled.ts';
import type { Work } from './work.ts';

/** A batch that failed for good, and why; `alone` where its one person is at fault, and nobody beside them. */
export type FailedBatch = {
  readonly target: string;
  readonly batch: Batch;
  readonly reason: string;
  readonly alone: boolean;
};

/**
 * Ends everybody in a batch who has not ended yet as failed, for this reason: before their plan or in the middle of it.
 */
export const failBatch = async (
  { ledger, run }: Pick<Work, 'ledger' | 'run'>,
  { target, batch, reason, alone }: FailedBatch,
): Promise<void> => {
  const why = { reason: alone ? 'failedAlone' : 'stepFailed', facts: { said: reason } } as const;
  await settleOpenUsers(ledger, run.id, target, batch, { outcome: 'failed', ...why });
  await failDueUsers(ledger, { target, run: run.id }, batch, why);
};
