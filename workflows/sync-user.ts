import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { eachTarget, failRefused } from './each-target.ts';
import { requireInput, type SyncUserInput, syncUserForm } from './input.ts';
import { forPerson } from './options.ts';
import { closing, type RunResult, type StepsEnd } from './run.ts';
import { askedAgain, whileWaitedFor } from './waiting/while-waited-for.ts';

const { openRun, readPages, syncPerson } = forPerson;

/** One person: the steps of a full run, without lock and guard and in one activity a target, for somebody who waits. */
export const syncUser = async (input: SyncUserInput): Promise<RunResult> => {
  requireInput(input, syncUserForm);
  const { connector, user, intent = 'apply' } = input;
  const { workflowId, firstExecutionRunId: run } = workflowInfo();
  return closing(run, async (): Promise<StepsEnd> => {
    const opening = await askedAgain(() => openRun({ run, connector, mode: 'full', intent, person: user, workflowId }));
    if (opening.opened !== 'begun') return 'skipped';
    const { targets, refused } = opening;
    await askedAgain(() => readPages({ run }));
    setCurrentDetails('read: 1 user');
    await failRefused(run, refused);
    const usable = targets.filter((target) => !(target in refused));
    await eachTarget(run, usable, (target) => whileWaitedFor(target, () => syncPerson({ run, target })));
    return intent === 'plan' ? 'planned' : 'done';
  });
};
