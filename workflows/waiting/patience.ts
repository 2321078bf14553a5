import { isCancellation, sleep } from '@temporalio/workflow';
import type { Patience } from '../../activities/index.ts';
import { type Met, metBy } from '../failures.ts';
import { patienceFor } from '../options.ts';

/** Whether and when to try again what a step could not do: it met a party of this run. */
export const askPatience = (run: string, party: string, met: Met): Promise<Patience> => {
  const { kind, said, waitMs } = met;
  // Only failures of the ledger name their party themselves; every other failure belongs to the party the step worked
  // with.
  return patienceFor({ run, party: met.party === 'ledger' ? 'ledger' : party, kind, said, waitMs });
};

/**
 * Does a step that works with `party`, or waits once for what keeps it from being done: then null, and it is to be tried
 * again. Waits by timer, as long as the patience of the run lasts; then, and for all that waiting does not mend, it throws.
 */
export const orWait = async <Result>(
  run: string,
  party: string,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result } | null> => {
  try {
    return { result: await work() };
  } catch (error) {
    const met = isCancellation(error) ? null : metBy(error);
    if (met === null) throw error;
    const patience = await askPatience(run, party, met);
    if (patience === null) throw error;
    await sleep(patience.waitMs);
    return null;
  }
};

/** Does a step, waiting as often as it takes and the run's patience allows. For steps that take few tries. */
export const patiently = async <Result>(run: string, party: string, work: () => Promise<Result>): Promise<Result> => {
  for (;;) {
    const done = await orWait(run, party, work);
    if (done !== null) return done.result;
  }
};
