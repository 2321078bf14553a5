import type { WhatIfWire } from '../api/schemas/what-if.ts';
import { breachText } from './report-text.ts';
import { count, table } from './table.ts';

/** How many kinds of change of an attribute are shown. */
const mostKinds = 5;

/** What a mapping would make of everybody as last read, as a person reads it. */
export const whatIfText = ({ connector, read, unread, targets, figures }: WhatIfWire): string => {
  const all = Object.entries(targets);
  const written = all.reduce((sum, [, { planned }]) => sum + planned, 0);
  const lines = [
    `${connector}: by the read of ${read.at.slice(0, 16).replace('T', ' ')} UTC (run ${read.run}, ${count(read.people)} people) ${written === 0 ? 'nothing would be written' : `something would be written for ${count(written)}`}.`,
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
