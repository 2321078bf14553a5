import { setCurrentDetails } from '@temporalio/workflow';
import { failureOf } from './failures.ts';
import { endMoved, openLook, readPages } from './options.ts';
import { orWait } from './patience.ts';

/**
 * Reads the source of an approved plan again before anything of it is written: people about whom it says something
 * different by now are skipped with that reason.
 */
export const lookAgain = async (run: string): Promise<void> => {
  const look = await openLook({ run });
  if (look === null) return;
  try {
    for (let ended = false; !ended; ) {
      const read = await orWait(run, 'source', () => readPages({ run: look }));
      if (read === null) continue;
      ended = read.result.ended;
      setCurrentDetails(`look again: ${read.result.users} users on ${read.result.pages} pages`);
    }
  } catch (error) {
    // The one person of the plan is gone: nothing was seen of them.
    if (failureOf(error).kind !== 'notFound') throw error;
  }
  await endMoved({ run });
};
