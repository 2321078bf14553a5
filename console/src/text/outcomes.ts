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
