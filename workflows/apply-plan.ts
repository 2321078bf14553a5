import { ContinueAsNew, continueAsNew, isCancellation, workflowInfo } from '@temporalio/workflow';
import { failRefused } from './each-target.ts';
import { asWorkflowFailure, failureOf } from './failures.ts';
import { fanOut } from './fan-out.ts';
import { inTurn, leaveFor } from './in-turn.ts';
import { applyPlanForm, requireInput } from './input.ts';
import { countCandidates, openPlan } from './options.ts';
import { patiently } from './patience.ts';
import type { Places } from './places.ts';
import { closing, type RunResult, type StepsEnd } from './run.ts';

/** The input: the run whose approved plan is to be applied. */
export type ApplyPlanInput = { readonly run: string };

/** Applies an approved plan exactly as it was stored, when its connector is free and the plan still holds. */
export const applyPlan = async (input: ApplyPlanInput, carried: Places = {}): Promise<RunResult> => {
  requireInput(input, applyPlanForm);
  const { run } = input;
  const { workflowId, continuedFromExecutionRunId } = workflowInfo();
  const places = continuedFromExecutionRunId === undefined ? {} : carried;
  const goOn = (from: Places): Promise<never> => continueAsNew<typeof applyPlan>(input, from);
  const open = () => openPlan({ run, workflowId });
  const plan = await inTurn(run, 'ledger', open, () => goOn(places)).catch((error: unknown) => {
    throw isCancellation(error) || error instanceof ContinueAsNew ? error : asWorkflowFailure(failureOf(error));
  });
  if (plan.opened === 'over') return { run, status: plan.status };
  const { refused } = plan;
  return closing(run, async (): Promise<StepsEnd> => {
    await failRefused(run, refused);
    const counted = await patiently(run, 'ledger', () => countCandidates({ run, phase: 'apply' }));
    const candidates = counted.filter(({ target }) => !(target in refused));
    const applied = await fanOut(run, 'apply', candidates, places);
    if (!applied.done) {
      if (applied.closedMs > 0) await leaveFor(run, applied.closedMs);
      await goOn(applied.places);
    }
    return 'done';
  });
};
