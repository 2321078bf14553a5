import { stagedCounts } from '../ledger/plan/staging.ts';
import type { Work } from './work.ts';

/** How many candidates each target has. */
export type Candidates = readonly { readonly target: string; readonly count: number }[];

/** Counts the people staged for each target, whose positions the batches divide among themselves. */
export const countCandidates = async ({ ledger, run }: Pick<Work, 'ledger' | 'run'>): Promise<Candidates> =>
  [...(await stagedCounts(ledger, run.id))].map(([target, count]) => ({ target, count }));
