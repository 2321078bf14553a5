/** How one source user ends at one target. Each user read ends in exactly one of these per target. */
export type Outcome =
  | 'unchanged'
  | 'updated'
  | 'planned'
  | 'unmatched'
  | 'ambiguous'
  | 'outOfScope'
  | 'skipped'
  | 'failed';

export const outcomes: readonly Outcome[] = [
  'unchanged',
  'updated',
  'planned',
  'unmatched',
  'ambiguous',
  'outOfScope',
  'skipped',
  'failed',
];

/** The same in the order in which somebody should look at them: what needs a person first, what is as wanted last. */
export const byNeed: readonly Outcome[] = [
  'failed',
  'ambiguous',
  'unmatched',
  'planned',
  'updated',
  'skipped',
  'outOfScope',
  'unchanged',
];

/** Counts of outcomes. */
export type Tally = Readonly<Record<Outcome, number>>;

/** A tally of nothing, or of what is given. */
export const tally = (counts: Partial<Tally> = {}): Tally => ({
  unchanged: 0,
  updated: 0,
  planned: 0,
  unmatched: 0,
  ambiguous: 0,
  outOfScope: 0,
  skipped: 0,
  failed: 0,
  ...counts,
});

/** All users a tally accounts for. */
export const tallied = (counts: Tally): number => outcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
