/** A range of positions within one target: what one batch handles. `to` is exclusive. */
export type Batch = { readonly from: number; readonly to: number };
