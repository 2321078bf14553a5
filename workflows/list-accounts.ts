import { sleep, workflowInfo } from '@temporalio/workflow';
import { readAccounts } from './options.ts';
import { orWait } from './waiting/patience.ts';

/**
 * Finds the accounts of a target's candidates, and notes in `listed` that they are known, or will not be. Returns
 * without that if the history has to be continued as new first.
 */
export const listAccounts = async (run: string, target: string, listed: string[]): Promise<void> => {
  try {
    while (!listed.includes(target) && !workflowInfo().continueAsNewSuggested) {
      const answer = await orWait(run, target, () => readAccounts({ run, target }));
      if (answer === null) continue;
      if (answer.result === null) listed.push(target);
      else await sleep(answer.result.waitMs);
    }
  } catch (error) {
    listed.push(target);
    throw error;
  }
};
