import type { Ledger } from '../ledger/open.ts';
import { pruneLedger } from '../ledger/prune.ts';

/** How many rows a step of housekeeping removed, and whether there is more to remove. */
export type HousekeepingStep = { readonly rows: number; readonly more: boolean };

/** Removes data past its retention from the ledger, until all of it is gone or the step's time is up. */
export const keepHouse = async (ledger: Ledger, isTimeUp: () => boolean): Promise<HousekeepingStep> => {
  const { removed, more } = await pruneLedger(ledger, isTimeUp);
  return { rows: Object.values(removed).reduce((sum, rows) => sum + rows, 0), more };
};
