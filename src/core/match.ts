/** The account properties a person can be found by. */
export type MatchBy = 'username' | 'email';

/** One step of a match: all values of one row of the document. Every hit of a step must be one and the same account. */
export type MatchStep = { readonly by: MatchBy; readonly values: readonly string[] };

/** One look-up at a target. */
export type MatchKey = { readonly by: MatchBy; readonly value: string };

/** Keys compare without regard to case and outer space; an empty key never matches. */
export const foldKey = (value: string): string => value.trim().toLowerCase();
