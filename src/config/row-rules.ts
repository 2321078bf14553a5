import { flawsOf, regexFlaw } from '../core/expression/flaws.ts';
import type { AttributeRow } from '../core/mapping/settings.ts';
import type { Finding, Place } from './problem.ts';

/** What is wrong or doubtful in one expression. */
export const ofExpression = (text: string, place: Place, uses: readonly string[] = []): Finding[] =>
  flawsOf(text, uses).map((flaw) => ({ ...flaw, place }));

/** What is wrong in the expressions and transforms of a row. */
export const ofRow = (row: AttributeRow, place: Place): Finding[] => {
  const uses = row.uses ?? [];
  const transforms = row.transforms.flatMap((transform, index): Finding[] => {
    if (typeof transform === 'string' || !('regex' in transform)) return [];
    const flaw = regexFlaw(transform.regex.find);
    return flaw === null ? [] : [{ ...flaw, place: [...place, 'transforms', index, 'regex', 'find'] }];
  });
  return [
    ...(row.when === undefined ? [] : ofExpression(row.when, [...place, 'when'], uses)),
    ...ofFrom(row, [...place, 'from'], uses),
    ...transforms,
  ];
};

const ofFrom = ({ from }: AttributeRow, place: Place, uses: readonly string[]): Finding[] => {
  if (typeof from === 'string') return ofExpression(from, place, uses);
  if ('constant' in from) return [];
  const [name, parts] = 'firstOf' in from ? ['firstOf', from.firstOf] : ['join', from.join];
  return parts.flatMap((text, index) => ofExpression(text, [...place, name, index], uses));
};
