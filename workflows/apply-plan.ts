import { ContinueAsNew, continueAsNew, isCancellation, workflowInfo } from '@temporalio/workflow';
import { batchSize } from '../src/core/batch.ts';
import { failRefused } from './each-target.ts';
import { asWorkflowFailure, failureOf } from './failures.ts';
import { fanOut } from './fan-out.ts';
import { applyPlanForm, requireInput } from './input.ts';
import { lookAgain } from './look-again.ts';
import { askLeaversAgain, countCandidates, openPlan } from './options.ts';
import type { Places } from './places.ts';
import { rollOut } from './roll-out.ts';
import { closing, type RunResult, type StepsEnd } from './run.ts';
import { inTurn, leaveFor } from './waiting/in-turn.ts';
import { patiently } from './waiting/patience.ts';

/** The input: the run whose approved plan is to be applied. */
export type ApplyPlanInput = { readonly run: string };

/** Where a continued workflow resumes; `looked`: the source has been read again; `look`: the run it is being read under. */
type Resume = { readonly places: Places; readonly looked: boolean; readonly look?: string };

/** Applies an approved plan exactly as it was stored, when its connector is free and the plan still holds. */
export const applyPlan = async (input: ApplyPlanInput, carried?: Resume): Promise<RunResult> => {
  requireInput(input, applyPlanForm);
  const { run } = input;
  const { workflowId, continuedFromExecutionRunId } = workflowInfo();
  const resume = continuedFromExecutionRunId === undefined ? undefined : carried;
  const { places, looked } = resume ?? { places: {}, looked: false };
  const goOn = (from: Resume): Promise<never> => continueAsNew<typeof applyPlan>(input, from);
  const open = () => openPlan({ run, workflowId });
  const plan = await inTurn(run, 'ledger', open, () => goOn({ places, looked })).catch((error: unknown) => {
    throw isCancellation(error) || error instanceof ContinueAsNew ? error : asWorkflowFailure(failureOf(error));
  });
  if (plan.opened === 'over') return { run, status: plan.status };
  const { refused } = plan;
  return closing(run, async (): Promise<StepsEnd> => {
    while (!(await patiently(run, 'source', () => askLeaversAgain({ run }))).ended);
    await failRefused(run, refused);
    if (!looked) {
      try {
        await lookAgain(run, resume?.look ?? null, (look) => goOn({ places, looked: false, look }));
      } catch (error) {
        if (isCancellation(error) || error instanceof ContinueAsNew) throw error;
        const { kind, message } = failureOf(error);
        return { status: 'awaitingApproval', failure: { kind, message: `The plan was not started: ${message}` } };
      }
      const usable = plan.targets.filter((target) => !(target in refused));
      const first = await rollOut(run, usable);
      if (first === 'later') await goOn({ places, looked: false });
      if (first === 'hold') return 'awaitingApproval';
    }
    const counted = await patiently(run, 'ledger', () => countCandidates({ run, phase: 'apply', size: batchSize }));
    const candidates = counted.filter(({ target }) => !(target in refused));
    const applied = await fanOut(run, 'apply', candidates, places);
    if (!applied.done) {
      if (applied.closedMs > 0) await leaveFor(run, applied.closedMs);
      // A plan that waited for the hours of a target may be behind the source again.
      await goOn({ places: applied.places, looked: applied.closedMs === 0 });
    }
    return 'done';
  });
};
