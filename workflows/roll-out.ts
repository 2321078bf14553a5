import { setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import type { BatchRest } from '../src/core/batch.ts';
import { eachTarget } from './each-target.ts';
import { applyFirst, judgeFirst, pickFirst, readBackFirst, returnToConnector } from './options.ts';
import { leaveFor } from './waiting/in-turn.ts';
import { orWait } from './waiting/patience.ts';

/**
 * Writes a plan for a few people first, where the document asks for that, and reads their accounts again, target by target.
 * Says whether the rest may be written, or `later` where the history asks to be continued as new first.
 */
export const rollOut = async (run: string, targets: readonly string[]): Promise<'goOn' | 'hold' | 'later'> => {
  const first = await pickFirst({ run });
  if (first === null) return 'goOn';
  setCurrentDetails(`apply: the first ${first.people} people`);
  let wrong = 0;
  let isLater = false;
  const firstAt = async (target: string): Promise<void> => {
    const isWritten = await untilDone(run, target, () => applyFirst({ run, target }));
    const isRead = await untilDone(run, target, async () => {
      const end = await readBackFirst({ run, target });
      wrong += end.wrong;
      return end.rest;
    });
    isLater ||= !isWritten || !isRead;
  };
  let before = Promise.resolve();
  await eachTarget(run, targets, (target) => {
    const mine = before.then(() => firstAt(target));
    before = mine.catch(() => undefined);
    return mine;
  });
  return isLater ? 'later' : judgeFirst({ run, people: first.people, wrong });
};

/**
 * Works at a target until nothing is left; outside its hours the connector is left to other runs. False where the history
 * asks to be continued as new first.
 */
const untilDone = async (run: string, target: string, work: () => Promise<BatchRest>): Promise<boolean> => {
  do {
    const answer = await orWait(run, target, work);
    if (answer === null) continue;
    const rest = answer.result;
    if (rest === null) return true;
    if (rest.why !== 'closed') await sleep(rest.waitMs);
    else {
      await leaveFor(run, rest.waitMs);
      await comeBack(run);
    }
  } while (!workflowInfo().continueAsNewSuggested);
  return false;
};

const comeBack = async (run: string): Promise<void> => {
  for (;;) {
    const answer = await orWait(run, 'ledger', () => returnToConnector({ run }));
    if (answer !== null && answer.result.opened !== 'wait') return;
    await sleep('1m');
  }
};
