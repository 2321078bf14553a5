import type { Tone } from './runs.ts';

/** How one person ended at one target, in words, with its tone. */
export const outcomeWords: Readonly<Record<string, { readonly text: string; readonly tone: Tone }>> = {
  unchanged: { text: 'In tune', tone: 'ok' },
  updated: { text: 'Updated', tone: 'ok' },
  planned: { text: 'Would change', tone: 'info' },
  unmatched: { text: 'No account', tone: 'quiet' },
  ambiguous: { text: 'Ambiguous', tone: 'warn' },
  outOfScope: { text: 'Out of scope', tone: 'quiet' },
  skipped: { text: 'Skipped', tone: 'quiet' },
  failed: { text: 'Failed', tone: 'bad' },
};

type Reason = { readonly text: string; readonly remedy: string | null };

/** Why somebody was not written, and what to do about it. A reason that is a sentence already stands for itself. */
const reasons: Readonly<Record<string, Reason>> = {
  noAccount: {
    text: 'no account has the username or mail',
    remedy: 'Give the account the same login or mail, or link the two by hand.',
  },
  noMatchKey: {
    text: 'the directory gives nothing to match by',
    remedy: 'Fill the attribute the match reads, or match by another one.',
  },
  severalAccounts: {
    text: 'several accounts fit',
    remedy: 'Make the mails differ at the target, or link one account by hand.',
  },
  accountClaimedTwice: {
    text: 'two people fit the same account',
    remedy: 'Link the right person by hand; the other one is then left out.',
  },
  accountGone: { text: 'the account is gone at the target', remedy: 'The next run looks for it anew.' },
  inactive: { text: 'the account is inactive', remedy: null },
  protected: { text: 'the account is protected', remedy: 'It stands in the list `never` of its target.' },
  newerRun: { text: 'a newer run has dealt with it already', remedy: null },
};

/** The words of a reason. */
export const reasonOf = (reason: string): Reason => reasons[reason] ?? { text: reason, remedy: null };
