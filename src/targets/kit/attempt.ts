import { isFailure } from '../../core/failure.ts';

/**
 * The result of one attempt to write. `turnedAway`: it was not carried out (a rate limit, an expired session), and can
 * be tried again now; `why` is the failure it becomes when that never ends. `outOfReach`: the product does not allow
 * the account to be edited at all.
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
