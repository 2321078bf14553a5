import type { ParityWire } from '../api/schemas/parity.ts';
import { type Standing, standings, wasKept } from '../core/report/parity.ts';
import type { Report } from '../core/report/report.ts';
import { count, table } from './table.ts';

const heads: Readonly<Record<Standing, string>> = {
  equal: 'equal',
  alike: 'same except case or spaces',
  different: 'different',
  missing: 'empty',
  extra: 'only at target',
};

/** What a report says about the values that an instance already had when it was read; nothing if it had none. */
export const parityLines = ({ run, targets }: Report): readonly string[] => {
  const rows = Object.entries(targets).flatMap(([id, { parity }]) =>
    parity.some(wasKept) ? parity.map((one) => [id, one.attribute, ...standings.map((name) => one[name])]) : [],
  );
  if (rows.length === 0) return [];
  return [
    '',
    'Values of the accounts that were read, compared with the directory (number of people):',
    table(['target', 'attribute', ...standings.map((name) => heads[name])], rows),
    `Examples: 'attune parity --run ${run}'. Equal values are adopted without a write.`,
  ];
};

/** A parity report, with some people by id for what is not simply equal. */
export const parityText = ({ run, attributes }: ParityWire): string => {
  if (attributes.length === 0) {
    return `Run ${run} read no account for the first time. 'attune parity <connector>' reads all of them.`;
  }
  const rows = attributes.map(({ target, attribute, ...one }) => [
    target,
    attribute,
    ...standings.map((name) => one[name].people),
  ]);
  const examples = attributes.flatMap(({ target, attribute, ...one }) =>
    standings
      .filter((name) => name !== 'equal' && one[name].people > 0)
      .map((name) => {
        const { people, examples: some } = one[name];
        const more = people > some.length ? ` and ${count(people - some.length)} more` : '';
        return `  ${attribute} at ${target}, ${heads[name]}: ${some.join(', ')}${more}`;
      }),
  );
  return [
    table(['target', 'attribute', ...standings.map((name) => heads[name])], rows),
    ...(examples.length === 0 ? [] : ['', 'Examples, by id at the identity provider:', ...examples]),
  ].join('\n');
};
