import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { fanOut, type Positions } from './fan-out.ts';
import { applyPlanForm, requireInput } from './input.ts';
import { countCandidates, reopenPlan } from './options.ts';
import { closing, type RunResult, type StepsEnd } from './run.ts';

/** The input: the run whose held plan is to be applied. */
export type ApplyPlanInput = { readonly run: string };

/** Applies a plan that the guard held or a dry run made, exactly as it was stored. */
export const applyPlan = async (input: ApplyPlanInput, next: Positions = {}): Promise<RunResult> => {
  requireInput(input, applyPlanForm);
  const { run } = input;
  await reopenPlan({ run, workflowId: workflowInfo().workflowId });
  return closing(run, async (): Promise<StepsEnd> => {
    const candidates = await countCandidates({ run, phase: 'apply' });
    setCurrentDetails(`apply: ${candidates.map(({ target, count }) => `${target}: ${count}`).join(', ')}`);
    const applied = await fanOut(run, 'apply', candidates, next);
    if (!applied.done) await continueAsNew<typeof applyPlan>(input, applied.next);
    return 'done';
  });
};
