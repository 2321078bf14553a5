import { z } from 'zod';
import { closest } from '../core/closest.ts';
import { type Finding, type Place, wrong } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** One leaf of zod's issues: of a choice between shapes, those of the shape that was most nearly meant. */
export type Leaf = { readonly place: Place; readonly message: string; readonly unknown: string | null };

/** Takes an issue apart. */
export const leavesOf = (issue: Issue, above: Place = []): Leaf[] => {
  const place = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ place: [...place, key], message: `${key} is not known here.`, unknown: key }));
  }
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.map((errors) => errors.flatMap((error) => leavesOf(error, place)));
    const [nearest] = branches
      .filter((branch) => branch.length > 0)
      .sort((a, b) => distance(a, place) - distance(b, place));
    return nearest ?? [{ place, message: issue.message, unknown: null }];
  }
  const unknown: unknown = issue.code === 'custom' ? issue.params?.unknown : null;
  return [{ place, message: wordsOfIssue(issue), unknown: typeof unknown === 'string' ? unknown : null }];
};

/** The library's own messages begin like this; everything else is in our words already. */
const itsOwn = /^(Invalid|Too (small|big)|Unrecognized)\b/;

/** An issue in our words, because the library's own mention types of a programming language. */
const wordsOfIssue = (issue: Issue): string => {
  if (!itsOwn.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'string'
        ? 'must be text; put a number, true or null in quotes'
        : (typeNames[issue.expected] ?? issue.message);
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`}`;
    case 'too_small':
      return limitText(issue, issue.minimum, issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return limitText(issue, issue.maximum, issue.inclusive === false ? 'less than' : 'at most');
    case 'invalid_format':
      return `must be ${formats[issue.format] ?? 'the description of this setting says'}`;
    default:
      return issue.message;
  }
};

const limitText = ({ origin }: { readonly origin: string }, limit: number | bigint, than: string): string => {
  if (origin === 'string' && than === 'at least' && Number(limit) === 1) return 'must not be empty';
  const units: Partial<Record<string, string>> = { string: 'characters', array: 'entries', record: 'parts' };
  return units[origin] === undefined ? `must be ${than} ${limit}` : `must have ${than} ${limit} ${units[origin]}`;
};

const formats: Partial<Readonly<Record<string, string>>> = {
  url: 'an address, such as https://jira.acme.example',
  uuid: 'a GUID, such as 8a1c0000-0000-0000-0000-000000000000',
  guid: 'a GUID, such as 8a1c0000-0000-0000-0000-000000000000',
  email: 'a mail address',
  date: 'a day, such as 2027-03-01',
};

const typeNames: Partial<Readonly<Record<string, string>>> = {
  object: 'must be a block of `name: value` lines',
  record: 'must be a block of `name: value` lines',
  array: 'must be a list (lines that begin with `-`, or [a, b])',
  tuple: 'must be a list (lines that begin with `-`, or [a, b])',
  number: 'must be a number without quotes',
  int: 'must be a whole number without quotes',
  boolean: 'must be true or false, without quotes',
};

/** How far a shape is from what was written: a mistake deeper inside means that the shape itself was meant. */
const distance = (leaves: readonly Leaf[], place: Place): number => {
  const depth = Math.max(...leaves.map((leaf) => leaf.place.length - (leaf.unknown === null ? 0 : 1)));
  return (
    (depth === place.length ? 1_000 : 0) + leaves.length * 2 - leaves.filter((leaf) => leaf.unknown === null).length
  );
};

/** The findings of a failed parse; `known` are the words a document may use, for "did you mean". */
export const findingsOf = (error: z.ZodError, known: readonly string[]): Finding[] =>
  error.issues
    .flatMap((issue) => leavesOf(issue))
    .map(({ place, message, unknown }) => {
      if (unknown === null)
        return wrong(place, sentence(message), 'Correct this value; `attune config schema` prints what is allowed.');
      return wrong(place, message, insteadOf(unknown, place, known));
    });

/** What to write instead of a word that is not known at its place. */
const insteadOf = (unknown: string, place: Place, known: readonly string[]): string => {
  if (place.at(-3) === 'attributes' && ['lookup', 'regex', 'replace', 'trim', 'ascii'].includes(unknown))
    return `It is a step of \`transforms\`: write transforms: [{ ${unknown}: … }].`;
  const near = closest(
    unknown,
    known.filter((word) => word !== unknown),
  );
  return near === null ? 'Remove it.' : `Did you mean ${near}? Otherwise remove it.`;
};

const sentence = (message: string): string =>
  `${message.startsWith('must ') ? `It ${message}` : message}${message.endsWith('.') ? '' : '.'}`;

/** Every property name that a JSON Schema mentions. */
export const wordsOf = (schema: unknown): string[] => {
  if (Array.isArray(schema)) return schema.flatMap(wordsOf);
  const node = z.looseObject({}).safeParse(schema);
  if (!node.success) return [];
  const names = z.looseObject({}).safeParse(node.data.properties);
  return [...(names.success ? Object.keys(names.data) : []), ...Object.values(node.data).flatMap(wordsOf)];
};
