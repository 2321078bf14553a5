import { continueAsNew, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { pruneLedger } from './options.ts';

/** What the ledger is left alone for between two steps. */
const pause = '2s';

/** Removes what has been kept for its time, step by step: no run waits for it. */
export const housekeeping = async (): Promise<{ readonly rows: number }> => {
  let rows = 0;
  for (;;) {
    const step = await pruneLedger();
    rows += step.rows;
    setCurrentDetails(`removed ${rows} rows`);
    if (!step.more) return { rows };
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof housekeeping>();
    await sleep(pause);
  }
};
