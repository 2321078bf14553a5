import { continueAsNew, isCancellation, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { pruneLedger, settleDoubts } from './options.ts';

/** How long the ledger is not used between two steps. */
const pause = '2s';

/**
 * Reads the accounts in doubt that no run reaches, and removes data past its retention, step by step: no run waits for
 * it.
 */
export const housekeeping = async (): Promise<{ readonly rows: number }> => {
  let rows = 0;
  const { continuedFromExecutionRunId } = workflowInfo();
  if (continuedFromExecutionRunId === undefined) await settle();
  for (;;) {
    const step = await pruneLedger();
    rows += step.rows;
    setCurrentDetails(`removed ${rows} rows`);
    if (!step.more) return { rows };
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof housekeeping>();
    await sleep(pause);
  }
};

/** What cannot be read this time is by the next round, and keeps nothing from being removed. */
const settle = async (): Promise<void> => {
  try {
    const ended = await settleDoubts();
    setCurrentDetails(`ended ${ended} doubts`);
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
};
