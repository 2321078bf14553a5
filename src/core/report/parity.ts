import type { AttributeId, Desired } from '../profile.ts';

/**
 * How a target's value compares with the directory's: the same, the same except for case or spaces, a different one,
 * none yet, or one that the directory does not have.
 */
export const standings = ['equal', 'alike', 'different', 'missing', 'extra'] as const;
export type Standing = (typeof standings)[number];

/** How the current value of one attribute compares with the wanted one; null if there is nothing to compare. */
export const standingOf = (want: Desired, now: string | null): Standing | null => {
  if (want.do === 'keep') return null;
  if (want.do === 'clear') return now === null ? null : 'extra';
  if (now === null) return 'missing';
  if (now === want.value) return 'equal';
  return folded(now) === folded(want.value) ? 'alike' : 'different';
};

const folded = (value: string): string => value.normalize('NFKC').replace(/\s+/gu, ' ').trim().toLowerCase();

/** How one attribute compared at first contact, counted in people. */
export type ParityCount = { readonly attribute: AttributeId } & Readonly<Record<Standing, number>>;

/** Whether somebody maintained these attributes before: filling empty ones shows nothing. */
export const wasKept = ({ equal, alike, different, extra }: ParityCount): boolean =>
  equal + alike + different + extra > 0;
