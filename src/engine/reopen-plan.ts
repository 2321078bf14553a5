import { Failure } from '../core/failure.ts';
import { reopenPlan as reopen } from '../ledger/runs/runs.ts';
import type { Work } from './work.ts';

/** Sets a held plan going again under this workflow; throws `conflict` for one that is not held any more. */
export const reopenPlan = async (
  { ledger, run, connector }: Pick<Work, 'ledger' | 'run' | 'connector'>,
  workflowId: string,
): Promise<{ readonly targets: readonly string[] }> => {
  if (await reopen(ledger, run.id, workflowId)) return { targets: [...connector.targets.keys()] };
  throw new Failure('conflict', `The plan of run ${run.id} cannot be applied: it is not held any more.`, {
    remedy: 'It may be superseded, expired, rejected or applied already. Start a new run.',
  });
};
