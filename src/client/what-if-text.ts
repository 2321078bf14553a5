import type { WhatIfWire } from '../api/schemas/what-if.ts';
import { breachText } from './report-text.ts';
import { count, table } from './table.ts';

/** How many kinds of change of an attribute are shown. */
const mostKinds = 5;

/** What a mapping would make of everybody as last read, as a person reads it. */
export const whatIfText = ({ connector, read, unread, targets, figures }: WhatIfWire): string => {
  const all = Object.entries(targets);
  const lines = [
    `${connector}, as last read on ${read.at.slice(0, 16).replace('T', ' ')} UTC (run ${read.run}, ${count(read.people)} people): ${impactSentence(targets)}`,
    '',
    table(
      ['target', 'change', 'to be read', 'as they are', 'no account known', 'out of scope', 'skipped', 'failed'],
      all.map(([id, one]) => [
        id,
        one.planned,
        one.unread,
        one.unchanged,
        one.unlinked,
        one.outOfScope,
        one.skipped,
        one.failed,
      ]),
    ),
  ];
  const rows = all.flatMap(([id, { attributes }]) =>
    attributes.map((one) => [id, one.attribute, one.filled, one.replaced, one.cleared, one.foreign, one.unread]),
  );
  if (rows.length > 0) {
    const heads = ['target', 'attribute', 'filled', 'replaced', 'cleared', 'of others', 'to be read'];
    lines.push('', table(heads, rows));
  }
  for (const [id, { attributes, left, matchesAnew }] of all) {
    if (left > 0) lines.push(`${id}: ${count(left)} people who have an account would be out of scope.`);
    if (matchesAnew) lines.push(`${id}: other rules would look for accounts; a plan tells who is matched to whom.`);
    for (const one of attributes) lines.push(...kindLines(id, one));
  }
  for (const { target, attribute, paths } of unread) {
    lines.push(`${attribute} at ${target} is left out: the last read did not ask for ${paths.join(', ')}.`);
  }
  for (const figure of figures) if (figure.breach) lines.push(`The guard would hold it. ${breachText(figure)}`);
  return lines.join('\n');
};

/** What would be written, and for whom that cannot be told, in words. */
export const impactSentence = (targets: WhatIfWire['targets']): string => {
  const people = (of: 'planned' | 'unread'): string =>
    Object.entries(targets)
      .filter(([, one]) => one[of] > 0)
      .map(([id, one]) => `${count(one[of])} ${one[of] === 1 ? 'person' : 'people'} at ${id}`)
      .join(' and ');
  const [written, unread] = [people('planned'), people('unread')];
  const known = written === '' ? 'Nothing would be written' : `Something would be written for ${written}`;
  if (unread === '') return `${known}.`;
  const open = `for ${unread} only a plan can tell, since it reads their accounts`;
  return written === '' ? `${open.replace('for', 'For')}.` : `${known}; ${open}.`;
};

type Attribute = WhatIfWire['targets'][string]['attributes'][number];

const kindLines = (target: string, { attribute, kinds, rest }: Attribute): readonly string[] => {
  if (kinds === null || kinds.length === 0) return [];
  const shown = kinds.slice(0, mostKinds);
  const others = kinds.slice(mostKinds).reduce((sum, { people }) => sum + people, rest.people);
  return [
    '',
    `${attribute} at ${target}:`,
    ...shown.map(({ before, after, people }) => `  ${count(people)}  ${quoted(before)} -> ${quoted(after)}`),
    ...(others === 0 ? [] : [`  ${count(others)}  others`]),
  ];
};

/** Values are written by strangers: quoted, so that none of them can move the cursor. */
const quoted = (value: string | null): string => (value === null ? '(empty)' : JSON.stringify(value));
