import type { Explanation } from '../../api/connectors.ts';

/** One step of a run for a person: done, where it stopped, or not come to. */
export type Step = { readonly name: string; readonly is: 'ok' | 'stop' | 'ahead'; readonly text: string };

/** The five steps in a run's order: green until the one that stops. */
export const stepsOf = (told: Explanation, target: string): readonly Step[] => {
  const at = told.targets[target];
  if (at === undefined) return [];
  const scoped = at.steps.every((step) => step.step !== 'scope' || step.holds) && told.scope;
  const mapped = at.steps.some(({ step }) => step === 'row');
  const { outcome, sentence: left } = at;
  const writes = at.attributes.filter(({ decision }) => decision === 'set' || decision === 'clear').length;
  const steps: Step[] = [
    { name: 'Read', is: 'ok', text: `${Object.keys(told.source).length} attributes` },
    { name: 'Scope', is: scoped ? 'ok' : 'stop', text: scoped ? 'takes part' : left },
  ];
  if (!scoped) return steps;
  const mapping = mapped && outcome !== 'skipped' ? 'ok' : at.account === null && !mapped ? 'stop' : 'ok';
  steps.push({
    name: 'Mapping',
    is: mapping,
    text: mapping === 'ok' ? `${at.steps.filter(({ step }) => step === 'row').length} rows` : left,
  });
  if (mapping === 'stop') return steps;
  const matched = at.account !== null || outcome === 'unchanged';
  steps.push({
    name: 'Match',
    is: matched ? 'ok' : 'stop',
    text: matched ? (at.account === null ? 'as remembered' : howFound[at.account.by]) : left,
  });
  if (!matched) return steps;
  const ends = outcome === 'failed' || outcome === 'skipped';
  steps.push({
    name: 'Write',
    is: ends ? 'stop' : 'ok',
    text: ends ? left : writes === 0 ? 'nothing to do' : `${writes} to write`,
  });
  return steps;
};

const howFound = { byHand: 'linked by hand', remembered: 'linked before', match: 'found by the match rules' } as const;
