import * as looks from '../../ledger/plan/looks.ts';
import type { Work } from '../work.ts';

/** Begins to read the source of an approved plan again; null where nothing of the plan is left to be written. */
export const openLook = ({ ledger, run }: Work): Promise<string | null> => looks.openLook(ledger, run.id);

/** Ends the people of a plan of whom the source says otherwise by now, and says how many those are. */
export const endMoved = ({ ledger, run }: Work): Promise<number> => looks.endMoved(ledger, run.id);
