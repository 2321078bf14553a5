/** A range of positions within one target: what one batch handles. `to` is exclusive. */
export type Batch = { readonly from: number; readonly to: number };

/**
 * What a step has to leave of a batch because others are at it: how many people, and when to come back for them. Null
 * when nothing is left.
 */
export type BatchRest = { readonly left: number; readonly waitMs: number } | null;
