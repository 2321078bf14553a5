import { flawsOf } from '../../core/expression/flaws.ts';
import { partsOf } from '../../core/mapping/match.ts';
import type { Finding, Place } from '../problem.ts';
import type { WrittenMapping } from '../schema/mapping.ts';

/** An expression and where it stands; `uses` is what its row declares for forms that hide what they read. */
export type Written = { readonly text: string; readonly place: Place; readonly uses?: readonly string[] | undefined };

/** What is wrong or doubtful in every expression of a mapping. */
export const checkExpressions = (mapping: WrittenMapping, place: Place): Finding[] =>
  expressionsOf(mapping, place).flatMap(checkExpression);

/** What is wrong or doubtful in one expression. */
export const checkExpression = ({ text, place, uses }: Written): Finding[] =>
  flawsOf(text, uses).map((flaw) => ({ ...flaw, place }));

/** Every expression of a mapping with its place. */
export const expressionsOf = ({ scope, match, attributes }: WrittenMapping, place: Place): Written[] => [
  ...(scope === undefined ? [] : [{ text: scope, place: [...place, 'scope'] }]),
  ...match.flatMap((row, index) => {
    const { by, texts } = partsOf(row);
    return texts.map((text) => ({ text, place: [...place, 'match', index, by] }));
  }),
  ...attributes.flatMap((row, index) => {
    const at = [...place, 'attributes', index];
    const when = row.when === undefined ? [] : [{ text: row.when, place: [...at, 'when'], uses: row.uses }];
    return [...when, ...ofFrom(row.from, [...at, 'from']).map((one) => ({ ...one, uses: row.uses }))];
  }),
];

const ofFrom = (from: WrittenMapping['attributes'][number]['from'], place: Place): Written[] => {
  if (typeof from === 'string') return [{ text: from, place }];
  if ('constant' in from) return [];
  const [name, texts] = 'firstOf' in from ? (['firstOf', from.firstOf] as const) : (['join', from.join] as const);
  return texts.map((text, index) => ({ text, place: [...place, name, index] }));
};
