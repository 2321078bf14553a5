import { closest } from '../../core/closest.ts';
import { regexFlaw } from '../../core/expression/flaws.ts';
import { linearRegex } from '../../core/expression/linear-regex.ts';
import { parseExpression } from '../../core/expression/syntax.ts';
import { fits } from '../../core/mapping/fit.ts';
import { attributeOf, ruleOf } from '../../core/mapping/row.ts';
import type { TargetAttributes } from '../../core/profile.ts';
import { doubtful, type Finding, type Place, wrong } from '../problem.ts';
import type { WrittenMapping, WrittenTransform } from '../schema/mapping.ts';

type Row = WrittenMapping['attributes'][number];

/** What is wrong with the rows of a mapping under the rules of their target. */
export const checkRows = (rows: readonly Row[], rules: TargetAttributes, place: Place): Finding[] => {
  const closed = new Set<string>();
  const spellings = new Map<string, string>();
  return rows.flatMap((row, index) => {
    const at = [...place, index];
    const attribute = attributeOf(row);
    const folded = attribute.toLowerCase();
    const before = spellings.get(folded) ?? attribute;
    spellings.set(folded, before);
    const unreached = closed.has(attribute) ? [neverReached(at)] : [];
    if (row.when === undefined) closed.add(attribute);
    return [
      ...unreached,
      ...(before === attribute ? [] : [otherSpelling(row.userProperty ?? '', before.replace(/^[^:]*:/, ''), at)]),
      ...checkAttribute(row, rules, at),
      ...checkConstant(row, rules, at),
      ...checkFirstOf(row.from, [...at, 'from', 'firstOf']),
      ...row.transforms.flatMap((transform, step) => checkTransform(transform, [...at, 'transforms', step])),
    ];
  });
};

const neverReached = (place: Place): Finding => ({
  severity: 'warning',
  place,
  message: 'This row is never reached: a row of the same attribute above it has no `when`.',
  remedy: 'Put it above that row, or remove it.',
});

/** Some databases of the products compare without regard to case, and hold one entry for both. */
const otherSpelling = (name: string, before: string, place: Place): Finding =>
  doubtful(
    [...place, 'userProperty'],
    `${name} differs from ${before} above only in upper and lower case; some databases store both as one entry.`,
    `Write ${before} if you mean the same attribute, or choose another name.`,
  );

const checkAttribute = ({ field, userProperty }: Row, rules: TargetAttributes, place: Place): Finding[] => {
  if (field !== undefined) {
    const known = Object.keys(rules.fields);
    if (known.includes(field)) return [];
    if (known.length === 0) {
      return [wrong([...place, 'field'], 'This target has no fixed fields.', 'Use `userProperty` with a name.')];
    }
    const near = closest(field, known);
    const remedy = near === null ? `Use one of: ${known.join(', ')}.` : `Did you mean ${near}?`;
    return [wrong([...place, 'field'], `This target has no field ${field}.`, remedy)];
  }
  const at = [...place, 'userProperty'];
  const name = userProperty ?? '';
  if (rules.userProperty === null) {
    const known = Object.keys(rules.fields).join(', ');
    return [wrong(at, 'This target has no attributes of your choice.', `Use \`field\` with one of: ${known}.`)];
  }
  const rule = rules.userProperty.name;
  if (!fits(name, rule)) return [wrong(at, `This name is longer than ${rule.maxLength} ${rule.unit}.`, 'Shorten it.')];
  if (new RegExp(rule.pattern, 'u').test(name)) return [];
  return [wrong(at, 'The target does not accept this name.', `It accepts ${rule.takes}.`)];
};

const checkConstant = (row: Row, rules: TargetAttributes, place: Place): Finding[] => {
  if (typeof row.from === 'string' || !('constant' in row.from) || row.transforms.length > 0) return [];
  const rule = ruleOf(row, rules);
  if (rule === null || fits(row.from.constant, rule)) return [];
  const message = `This is longer than the ${rule.maxLength} ${rule.unit} that the target can hold.`;
  return [wrong([...place, 'from', 'constant'], message, 'Shorten it.')];
};

/** The parts of `firstOf` that never take effect: those after a fixed value, and repeated ones. */
const checkFirstOf = (from: Row['from'], place: Place): Finding[] => {
  if (typeof from === 'string' || !('firstOf' in from)) return [];
  const parts = from.firstOf.map((part) => part.trim());
  const fixed = parts.findIndex(isFixed);
  return parts.flatMap((part, index): Finding[] => {
    const at = [...place, index];
    if (fixed !== -1 && index > fixed) {
      const message = 'This is never reached: the entry above it always has a value.';
      return [{ severity: 'warning', place: at, message, remedy: 'Put it above the fixed value, or remove it.' }];
    }
    if (parts.indexOf(part) === index) return [];
    return [{ severity: 'warning', place: at, message: `${part} is already listed above.`, remedy: 'Remove it.' }];
  });
};

/** Whether an expression is a literal value, and so never empty. */
const isFixed = (text: string): boolean => {
  const parsed = parseExpression(text);
  if ('flaw' in parsed) return false;
  const { type, value } = parsed.syntax;
  return (type === 'string' && value !== '') || type === 'number' || (type === 'value' && value !== null);
};

const checkTransform = (transform: WrittenTransform, place: Place): Finding[] => {
  if (typeof transform === 'string' || !('regex' in transform)) return [];
  const { find, replace } = transform.regex;
  const flaw = regexFlaw(find);
  if (flaw !== null) return [{ ...flaw, place: [...place, 'regex', 'find'] }];
  const groups = linearRegex(find).groupCount();
  const named = [...replace.replaceAll('$$', '').matchAll(/\$(\d)/g)].map(([, digit]) => Number(digit));
  const missing = named.find((group) => group > groups);
  if (missing === undefined) return [];
  const message = `This names group ${missing}; \`find\` has ${groups === 0 ? 'none' : `only ${groups}`}.`;
  const remedy = 'Put parentheses around the part to keep, or write $$ for a dollar sign.';
  return [wrong([...place, 'regex', 'replace'], message, remedy)];
};
