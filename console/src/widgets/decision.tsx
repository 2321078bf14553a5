import type { PreviewValue } from '../preview/preview.ts';

const words = {
  set: { text: 'set', tone: 'info' },
  clear: { text: 'clear', tone: 'warn' },
  adopt: { text: 'same', tone: 'ok' },
  same: { text: 'same', tone: 'ok' },
  keep: { text: 'keep', tone: 'quiet' },
} as const;

/** What a run would do with a value, in a word; why at hand. */
export const DecisionTag = ({ decision, why }: Pick<PreviewValue, 'decision' | 'why'>) => (
  <span className="tag" data-tone={words[decision].tone} title={why}>
    {words[decision].text}
  </span>
);
