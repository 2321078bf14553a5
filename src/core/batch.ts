/**
 * People of one batch: small enough that a retry repeats little, large enough that a batch costs little history. Batches
 * begin at multiples of it.
 */
export const batchSize = 200;

/** A range of positions within one target: what one batch handles. `to` is exclusive. */
export type Batch = { readonly from: number; readonly to: number };

/**
 * What a step has to leave undone in a batch, why, and when to come back for it; null if nothing is left. `claimed`:
 * others are writing these people; `busy`: the target takes no more requests at once; `moved`: an account was written
 * meanwhile; `closed`: it is not the target's hour.
 */
export type BatchRest = {
  readonly left: number;
  readonly why: 'claimed' | 'busy' | 'moved' | 'closed';
  readonly waitMs: number;
} | null;
