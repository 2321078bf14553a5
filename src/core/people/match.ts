import type { AttributeId } from '../profile.ts';
import type { Reason } from '../report/reasons.ts';
import type { SourceId } from '../values.ts';

/** The account properties a person can be found by. */
export type MatchBy = 'username' | 'email';

/** One step of a match: all values of one row of the document. Every hit of a step must be one and the same account. */
export type MatchStep = { readonly by: MatchBy; readonly values: readonly string[] };

/** One look-up at a target. */
export type MatchKey = { readonly by: MatchBy; readonly value: string };

/**
 * Keys compare without regard to case, outer space, invisible characters, and how an accented letter is put together
 * (Unicode's NFC). An empty key never matches.
 */
export const foldKey = (value: string): string =>
  plain.test(value) ? value.toLowerCase() : plainKey(value).toLowerCase().normalize('NFC');

/** A key of ASCII alone without a space: folded as it is. */
const plain = /^[!-~]+$/;

/** A key as a product is asked for it: composed letters, nothing that cannot be seen. */
export const plainKey = (value: string): string =>
  plain.test(value)
    ? value
    : value
        .normalize('NFC')
        .replaceAll(/\p{Cf}/gu, '')
        .trim();

/** What is known when a person's account is looked for. Accounts are given by any text that identifies them, the same for each. */
export type MatchFacts = {
  /** The account a link made by hand names. */
  readonly byHand: string | null;
  /** The account of an earlier run that may still be trusted; `gone` when the target has been seen not to know it. */
  readonly remembered: { readonly account: string; readonly gone: boolean } | null;
  /** All accounts that the first match step with a hit found; empty without one. */
  readonly hits: readonly string[];
  /** Whether the person has any key to be looked for. */
  readonly hasKey: boolean;
};

/** Whose account it is and what found it, or why there is none. */
export type MatchEnd =
  | { readonly account: string; readonly by: 'byHand' | 'remembered' | 'match' }
  | ({ readonly account: null; readonly outcome: 'unmatched' | 'ambiguous' } & Reason);

/**
 * The one rule by which accounts are found: a link made by hand, else one remembered, else the first match step with a
 * hit, all of whose hits must be one account. A remembered account that the target no longer knows gives way to what the
 * match finds.
 */
export const matchEnd = ({ byHand, remembered, hits, hasKey }: MatchFacts): MatchEnd => {
  const [hit, ...others] = new Set(hits);
  if (byHand !== null) return { account: byHand, by: 'byHand' };
  if (remembered !== null && !(remembered.gone && hit !== undefined)) {
    return { account: remembered.account, by: 'remembered' };
  }
  if (others.length > 0) return { account: null, outcome: 'ambiguous', reason: 'severalAccounts' };
  if (hit !== undefined) return { account: hit, by: 'match' };
  return { account: null, outcome: 'unmatched', reason: hasKey ? 'noAccount' : 'noMatchKey' };
};

/** How many of those who claim an account are named. */
const mostNamed = 10;

/**
 * How a person ends whose account others match too; null if the account is theirs. A link by hand is never contested.
 * `written` are the attributes that an earlier run wrote before this was known.
 */
export const contestEnd = (
  by: 'byHand' | 'remembered' | 'match',
  others: readonly SourceId[],
  written: readonly AttributeId[] = [],
): (Reason & { readonly outcome: 'ambiguous' }) | null =>
  by === 'byHand' || others.length === 0
    ? null
    : {
        outcome: 'ambiguous',
        reason: 'accountClaimedTwice',
        facts: {
          people: [...others].sort().slice(0, mostNamed),
          ...(written.length === 0 ? {} : { attributes: written }),
        },
      };
