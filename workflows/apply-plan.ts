import { continueAsNew, isCancellation, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { failRefused } from './each-target.ts';
import { asWorkflowFailure, failureOf } from './failures.ts';
import { fanOut, type Positions } from './fan-out.ts';
import { inTurn } from './in-turn.ts';
import { applyPlanForm, requireInput } from './input.ts';
import { countCandidates, openPlan } from './options.ts';
import { closing, type RunResult, type StepsEnd } from './run.ts';

/** The input: the run whose approved plan is to be applied. */
export type ApplyPlanInput = { readonly run: string };

/** Applies an approved plan exactly as it was stored, when its connector is free and the plan still holds. */
export const applyPlan = async (input: ApplyPlanInput, carried: Positions = {}): Promise<RunResult> => {
  requireInput(input, applyPlanForm);
  const { run } = input;
  const { workflowId, continuedFromExecutionRunId } = workflowInfo();
  const next = continuedFromExecutionRunId === undefined ? {} : carried;
  const plan = await inTurn(() => openPlan({ run, workflowId })).catch((error: unknown) => {
    throw isCancellation(error) ? error : asWorkflowFailure(failureOf(error));
  });
  if (plan.opened === 'over') return { run, status: plan.status };
  const { refused } = plan;
  return closing(run, async (): Promise<StepsEnd> => {
    await failRefused(run, refused);
    const candidates = (await countCandidates({ run, phase: 'apply' })).filter(({ target }) => !(target in refused));
    setCurrentDetails(`apply: ${candidates.map(({ target, count }) => `${target}: ${count}`).join(', ')}`);
    const applied = await fanOut(run, 'apply', candidates, next);
    if (!applied.done) await continueAsNew<typeof applyPlan>(input, applied.next);
    return 'done';
  });
};
