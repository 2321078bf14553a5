import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { eachTarget, failRefused } from './each-target.ts';
import { requireInput, type SyncUserInput, syncUserForm } from './input.ts';
import { applyBatch, openRun, planBatch, readAccounts, readPages } from './options.ts';
import { closing, type RunResult, type StepsEnd } from './run.ts';
import { waitOut } from './wait-out.ts';

/** One person is a batch of one: the same steps as a full run, without lock and guard. */
export const syncUser = async (input: SyncUserInput): Promise<RunResult> => {
  requireInput(input, syncUserForm);
  const { connector, user, intent = 'apply' } = input;
  const { workflowId, firstExecutionRunId: run } = workflowInfo();
  return closing(run, async (): Promise<StepsEnd> => {
    const opening = await openRun({ run, connector, mode: 'full', intent, person: user, workflowId });
    if (opening.opened !== 'begun') return 'skipped';
    const { targets, refused } = opening;
    await readPages({ run });
    setCurrentDetails('read: 1 user');
    const batch = { from: 0, to: 1 };
    await failRefused(run, refused);
    const usable = targets.filter((target) => !(target in refused));
    await eachTarget(run, usable, async (target) => {
      await waitOut(() => readAccounts({ run, target }));
      await waitOut(() => planBatch({ run, target, batch }));
      if (intent === 'apply') await waitOut(() => applyBatch({ run, target, batch }));
    });
    return intent === 'plan' ? 'planned' : 'done';
  });
};
