import type { ReasonCode } from '../report/reasons.ts';

/**
 * The ends without a link that a later run repeats as long as what is known of accounts is taken as known, with how they
 * count. Nothing is written to whoever ends so, and nothing but their account and the document decides it.
 */
export const repeatedEnds = {
  noAccount: 'unmatched',
  severalAccounts: 'ambiguous',
  inactive: 'skipped',
  protected: 'skipped',
} as const satisfies Partial<Record<ReasonCode, 'unmatched' | 'ambiguous' | 'skipped'>>;

/** The reason of such an end. */
export type RepeatedEnd = keyof typeof repeatedEnds;
