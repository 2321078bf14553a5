import { ContinueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { failureOf } from './failures.ts';
import { endMoved, openLook, readPages } from './options.ts';
import { orWait } from './waiting/patience.ts';

/**
 * Reads the source of an approved plan again before anything of it is written: people about whom it says something
 * different by now are skipped with that reason. `goOn` continues the workflow as new where its history has grown long;
 * `begun` is then the look to go on with.
 */
export const lookAgain = async (
  run: string,
  begun: string | null,
  goOn: (look: string) => Promise<never>,
): Promise<void> => {
  const look = begun ?? (await openLook({ run }));
  if (look === null) return;
  try {
    for (let ended = false; !ended; ) {
      const read = await orWait(run, 'source', () => readPages({ run: look }));
      if (read !== null) {
        ended = read.result.ended;
        setCurrentDetails(`look again: ${read.result.users} users on ${read.result.pages} pages`);
      }
      if (!ended && workflowInfo().continueAsNewSuggested) await goOn(look);
    }
  } catch (error) {
    // The one person of the plan is gone: nothing was seen of them.
    if (error instanceof ContinueAsNew || failureOf(error).kind !== 'notFound') throw error;
  }
  await endMoved({ run });
};
