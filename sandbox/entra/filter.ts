import type { Person } from '../world/types.ts';
import { Refusal, unsupportedQuery } from './errors.ts';

/** Whether a person is listed. */
export type Filter = (person: Person) => boolean;

const unquote = (literal: string): unknown => {
  if (literal === 'true' || literal === 'false') return literal === 'true';
  if (literal === 'null') return null;
  return literal.slice(1, -1).replaceAll("''", "'");
};

const same = (left: unknown, right: unknown) =>
  typeof left === 'string' && typeof right === 'string'
    ? left.toLowerCase() === right.toLowerCase()
    : (left ?? null) === right;

const literal = "('(?:[^']|'')*'|true|false|null)";
const comparison = new RegExp(`^(\\w+) (eq|ne) ${literal}$`);
const anyOf = new RegExp(`^(\\w+)/any\\((\\w+):\\2 eq ${literal}\\)$`);
const basic = new Set([
  'accountEnabled',
  'userType',
  'mail',
  'userPrincipalName',
  'displayName',
  'id',
  'department',
  'employeeId',
]);

const readTerm = (term: string, advanced: boolean): Filter => {
  const [, listed, , wanted] = anyOf.exec(term) ?? [];
  if (listed !== undefined && wanted !== undefined) {
    const value = unquote(wanted);
    return (person) => {
      const list = person[listed];
      return Array.isArray(list) && list.some((item) => same(item, value));
    };
  }
  const [, name, operator, given] = comparison.exec(term) ?? [];
  if (name === undefined || given === undefined || !basic.has(name) || (operator === 'ne' && !advanced))
    throw new Refusal(
      unsupportedQuery('Unsupported or invalid query filter clause specified for property of resource User.'),
    );
  const value = unquote(given);
  return (person) => same(person[name], value) === (operator === 'eq');
};

/** Splits at a word that stands outside quotes. */
const splitAt = (text: string, word: string): string[] => {
  const parts: string[] = [''];
  for (const piece of text.split(new RegExp(`('(?:[^']|'')*'| ${word} )`)))
    if (piece === ` ${word} `) parts.push('');
    else parts[parts.length - 1] += piece;
  return parts.map((part) => part.trim());
};

/** Reads the forms of `$filter` Graph takes here: eq, any, and, or; ne only as an advanced query. */
export const readFilter = (text: string | null, advanced: boolean): Filter => {
  if (text === null) return () => true;
  const choices = splitAt(text, 'or').map((choice) => splitAt(choice, 'and').map((term) => readTerm(term, advanced)));
  return (person) => choices.some((terms) => terms.every((term) => term(person)));
};
