/**
 * People of one batch of a plan whose changes are alike: how many of them are of fields and of user properties, and of the
 * latter how many replace or clear a value (`held`), and how many clear one (`cleared`).
 */
export type AlikeChanges = {
  readonly batch: number;
  readonly people: number;
  readonly fields: number;
  readonly properties: number;
  readonly held: number;
  readonly cleared: number;
};

/** What applying a plan sends to a target, signing in left aside. */
export type Requests = { readonly reads: number; readonly writes: number };

/** Counts the requests of a plan that nothing stands in the way of. */
export type CountRequests = (plan: readonly AlikeChanges[]) => Requests;
