import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { CancellationScope, executeChild } from '@temporalio/workflow';
import { applyBatch, type BatchEnd, planBatch } from './batch.ts';
import { isEndedByHand } from './failures.ts';
import { failBatch } from './options.ts';
import type { Back } from './places.ts';

/** What is done in batches. */
export type Step = 'plan' | 'apply';

/** How often a child may be ended by hand before its people end as failed. */
const mostByHand = 3;
const endedByHand =
  'A part of this run was repeatedly ended by hand in Temporal. `attune cancel` ends a run; the next run takes up these people.';

/**
 * Runs one batch as a child. One that was started before (a run that was reset, a plan whose applying broke off, a
 * target that was away) may have ended in any way, so the batch is run under the next id: it asks the ledger what is
 * left and does that. If the earlier child is still alive, the claims of accounts keep the two apart. So is a child
 * that somebody ended by hand taken up again, a few times: who wants the run to end ends the run. `tries` is how many
 * ids are used up.
 */
export const runBatch = async (
  run: string,
  step: Step,
  target: string,
  { from, to, tries, halves }: Back & { readonly halves: boolean },
): Promise<{ readonly end: BatchEnd; readonly tries: number }> => {
  const child = step === 'plan' ? planBatch : applyBatch;
  const id = `${run}/${step}/${target}/${from}`;
  let byHand = 0;
  for (let again = tries + 1; ; again += 1) {
    try {
      const end = await executeChild(child, {
        args: [{ run, target, batch: { from, to }, halves }],
        workflowId: again === 1 ? id : `${id}/${again}`,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        parentClosePolicy: 'REQUEST_CANCEL',
        staticSummary: `${step} ${target}: candidates ${from} to ${to - 1}`,
      });
      return { end, tries: again };
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) continue;
      if (CancellationScope.current().consideredCancelled || !isEndedByHand(error)) throw error;
      byHand += 1;
      if (byHand < mostByHand) continue;
      await failBatch({ run, target, batch: { from, to }, reason: endedByHand });
      return { end: null, tries: again };
    }
  }
};
