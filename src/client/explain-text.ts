import type { ExplanationWire, TargetExplanationWire } from '../api/schemas/connectors.ts';
import type { NamesWire } from '../api/schemas/labels.ts';
import { namedText, withNames } from './names.ts';
import { quoted } from './quoted.ts';

/**
 * An explanation as a person reads it on a terminal. Values are quoted, so that nothing in them affects the terminal.
 */
export const explanationText = (told: ExplanationWire): string => {
  const mapping = told.unsaved ? 'a mapping that is not stored' : `version ${told.version}`;
  const lines = [
    `${told.connector}, ${personText(told)}, by ${mapping}. Nothing was written.`,
    '',
    'What the source returns:',
    ...Object.entries(told.source).map(([path, value]) => `  ${path}: ${JSON.stringify(value)}`),
    '',
    `Scope of the connector: ${told.scope ? 'in' : 'out'}`,
    ...Object.entries(told.targets).flatMap(([id, target]) => ['', ...targetLines(id, target, told.names)]),
  ];
  return lines.join('\n');
};

const personText = ({ person, label }: ExplanationWire): string => {
  const name = label === null ? '' : namedText(label);
  return name === '' ? `person ${person}` : `${name} (person ${person})`;
};

const targetLines = (id: string, target: TargetExplanationWire, names: NamesWire): string[] => [
  `${id}: ${target.outcome} (${target.reason}). ${withNames(target.sentence, target.facts.people, names)}`,
  ...(target.remedy === null ? [] : [`  ${target.remedy}`]),
  ...target.steps.flatMap(stepLines),
  ...target.attempts.map(({ by, value, hits }) => {
    const found = hits.length === 0 ? 'nobody' : hits.map(quoted).join(', ');
    return `  looked for ${by} ${quoted(value)}: ${found}`;
  }),
  ...(target.account === null ? [] : [`  account ${quoted(target.account.username)}, ${howFound[target.account.by]}`]),
  ...(target.current === null ? [] : [`  current values ${target.current === 'read' ? 'read now' : 'as remembered'}:`]),
  ...target.attributes.map(({ attribute, before, after, decision, why }) => {
    const change = decision === 'set' || decision === 'clear' ? `${text(before)} -> ${text(after)}` : text(before);
    return `    ${decision.padEnd(5)}  ${attribute}  ${change}: ${why}`;
  }),
];

type Step = TargetExplanationWire['steps'][number];

const stepLines = (step: Step): string[] => {
  if (step.step === 'scope') return [`  scope: ${step.holds ? 'in' : 'out'}`];
  if (step.step === 'match') return [`  match by ${step.by}: ${step.values.map(quoted).join(', ') || 'no key'}`];
  const steps = step.found.map((found, at) =>
    [quoted(found), ...(step.transformed[at] ?? []).map((one) => (one === null ? 'does not apply' : quoted(one)))].join(
      ' -> ',
    ),
  );
  return [`  row ${step.row + 1}, ${step.attribute}: ${wanted(step)}`, ...steps.map((line) => `      ${line}`)];
};

const wanted = ({ decision, why }: Extract<Step, { step: 'row' }>): string => {
  if (decision === null) return why;
  if (decision === 'skipUser') return `leaves the person out: ${why}`;
  return decision.do === 'set' ? `${quoted(decision.value)} (${why})` : `${decision.do} (${why})`;
};

const howFound = {
  byHand: 'linked by hand',
  remembered: 'as linked before',
  match: 'found by the match rules',
} as const;

const text = (value: string | null): string => (value === null ? 'nothing' : quoted(value));
