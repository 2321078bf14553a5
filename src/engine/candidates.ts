import type { RunPhase } from '../core/report/progress.ts';
import { type Ranges, rangesToApply, rangesToPlan } from '../ledger/plan/ranges.ts';
import type { Work } from './work.ts';

/** The positions of each target that a step still has work for. */
export type Candidates = readonly { readonly target: string; readonly count: number; readonly ranges: Ranges }[];

/**
 * Finds the batches of `size` positions that have somebody to plan, or changes to apply: people who ended at matching
 * or were found unchanged are in none. `count` is how many people they hold.
 */
export const countCandidates = async (
  { ledger, run }: Pick<Work, 'ledger' | 'run'>,
  phase: RunPhase,
  size: number,
): Promise<Candidates> =>
  phase === 'apply' ? rangesToApply(ledger, run.id, size) : rangesToPlan(ledger, run.id, size);
