import { flawsOf, type Role } from '../../core/expression/flaws.ts';
import { partsOf } from '../../core/mapping/match.ts';
import type { Finding, Place } from '../problem.ts';
import type { WrittenMapping } from '../schema/mapping.ts';

/** An expression, where it stands and what for; `uses` is what its row declares for forms that hide what they read. */
export type Written = {
  readonly text: string;
  readonly place: Place;
  readonly role: Role;
  readonly uses?: readonly string[] | undefined;
};

/** What is wrong or doubtful in every expression of a mapping. */
export const checkExpressions = (mapping: WrittenMapping, place: Place): Finding[] =>
  expressionsOf(mapping, place).flatMap(checkExpression);

/** What is wrong or doubtful in one expression. */
export const checkExpression = ({ text, place, role, uses }: Written): Finding[] =>
  flawsOf(text, uses, role).map((flaw) => ({ ...flaw, place }));

/** Every expression of a mapping with its place. */
export const expressionsOf = ({ scope, match, attributes }: WrittenMapping, place: Place): Written[] => [
  ...(scope === undefined ? [] : [{ text: scope, place: [...place, 'scope'], role: 'condition' as const }]),
  ...match.flatMap((row, index) => {
    const { by, texts } = partsOf(row);
    return texts.map((text) => ({ text, place: [...place, 'match', index, by], role: 'key' as const }));
  }),
  ...attributes.flatMap((row, index) => {
    const at = [...place, 'attributes', index];
    const condition = { place: [...at, 'when'], role: 'condition', uses: row.uses } as const;
    const when = row.when === undefined ? [] : [{ ...condition, text: row.when }];
    return [...when, ...ofFrom(row.from, [...at, 'from']).map((one) => ({ ...one, uses: row.uses }))];
  }),
];

const ofFrom = (from: WrittenMapping['attributes'][number]['from'], place: Place): Omit<Written, 'uses'>[] => {
  if (typeof from === 'string') return [{ text: from, place, role: 'value' }];
  if ('constant' in from) return [];
  const [name, texts] = 'firstOf' in from ? (['firstOf', from.firstOf] as const) : (['join', from.join] as const);
  return texts.map((text, index) => ({ text, place: [...place, name, index], role: 'part' }));
};
