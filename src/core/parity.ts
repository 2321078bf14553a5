import type { AttributeId, Desired } from './profile.ts';

/**
 * How a value that stands at a target compares with the one the directory gives: the same, the same but for case or
 * spaces, another one, none yet, or one for which the directory gives none.
 */
export const standings = ['equal', 'alike', 'different', 'missing', 'extra'] as const;
export type Standing = (typeof standings)[number];

/** How what stands at one attribute compares with what is wanted; null where nothing is to be compared. */
export const standingOf = (want: Desired, now: string | null): Standing | null => {
  if (want.do === 'keep') return null;
  if (want.do === 'clear') return now === null ? null : 'extra';
  if (now === null) return 'missing';
  if (now === want.value) return 'equal';
  return folded(now) === folded(want.value) ? 'alike' : 'different';
};

const folded = (value: string): string => value.normalize('NFKC').replace(/\s+/gu, ' ').trim().toLowerCase();

/** How one attribute stood at first contact, counted in people. */
export type ParityCount = { readonly attribute: AttributeId } & Readonly<Record<Standing, number>>;

/** Whether somebody kept these attributes before: filling empty ones tells nothing. */
export const wasKept = ({ equal, alike, different, extra }: ParityCount): boolean =>
  equal + alike + different + extra > 0;
