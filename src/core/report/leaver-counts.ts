/**
 * How somebody left who took part: `disabled` at the provider and left out by the source's own settings for it;
 * `outOfScope`, still there but outside the scopes of the document; `deleted`, unknown to the provider by their id.
 */
export const leaverKinds = ['disabled', 'outOfScope', 'deleted'] as const;
export type LeaverKind = (typeof leaverKinds)[number];

/** What a run found of the leavers of one target. Counts alone. */
export type LeaverCounts = Readonly<Record<LeaverKind, number>> & {
  /**
   * People missing from the listing about whom the provider gave no answer when asked by id: they are not counted as
   * leavers.
   */
  readonly unanswered: number;
  /** Leavers whose values are to be cleared one day, and the first such moment (ISO); null without any. */
  readonly waiting: number;
  readonly next: string | null;
  /** Leavers whose span is over: the plan of this run clears their values. */
  readonly due: number;
  /** Those of them whom the run did not read: they have an outcome beside those of the people read. */
  readonly unread: number;
};

/** Nobody has left. */
export const noLeavers: LeaverCounts = {
  disabled: 0,
  outOfScope: 0,
  deleted: 0,
  unanswered: 0,
  waiting: 0,
  next: null,
  due: 0,
  unread: 0,
};
