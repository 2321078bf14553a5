import { isFailure } from '../../core/failure.ts';

/**
 * What one attempt to write came to. `turnedAway`: it was not carried out (a limited rate, an expired session), and the
 * way is free again; `why` is the failure it becomes when that never ends. `outOfReach`: the product keeps the account
 * from being edited at all.
 */
export type Attempt =
  | { readonly came: 'answered'; readonly status: 'applied' | 'already' | 'rejected'; readonly reason?: string }
  | { readonly came: 'turnedAway'; readonly why: unknown }
  | { readonly came: 'outOfReach'; readonly why: unknown }
  | NotAnswered;

/** Nothing was sent, or nobody can tell what became of it. */
export type NotAnswered = { readonly came: 'unsent' | 'unknown'; readonly why: unknown };

/** An attempt that ended in an error: without proof that nothing was carried out, it may have been. */
export const attemptEnded = (why: unknown): NotAnswered => ({
  came: isFailure(why) && why.facts.unsent === true ? 'unsent' : 'unknown',
  why,
});
