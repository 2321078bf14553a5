import { z } from 'zod';
import { closest } from '../core/closest.ts';
import { type Finding, type Place, pathText, wrong } from './problem.ts';

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
    return nearest === undefined
      ? [{ place, message: issue.message, unknown: null }]
      : withoutOtherShapes(nearest, place);
  }
  const unknown: unknown = issue.code === 'custom' ? issue.params?.unknown : null;
  return [{ place, message: wordsOfIssue(issue), unknown: typeof unknown === 'string' ? unknown : null }];
};

/** A name that no shape knows, and that is no slip of one that the nearest lacks, says nothing about that shape's own. */
const withoutOtherShapes = (leaves: readonly Leaf[], place: Place): Leaf[] => {
  const here = leaves.filter((leaf) => leaf.place.length === place.length + 1);
  const unknown = here.filter((leaf) => leaf.unknown !== null);
  const isSlip = unknown.some((leaf) => here.some((one) => one.unknown === null && isNear(nameOf(one), nameOf(leaf))));
  return unknown.length === 0 || isSlip
    ? [...leaves]
    : leaves.filter((leaf) => !here.includes(leaf) || leaf.unknown !== null);
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
    case 'invalid_key':
      return 'must not be without a name';
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
  const unknown = leaves.flatMap((leaf) => leaf.unknown ?? []);
  const others = leaves.filter((leaf) => leaf.unknown === null);
  const isSlip = unknown.some((word) => others.some((leaf) => isNear(nameOf(leaf), word)));
  return (depth === place.length ? 1_000 : 0) + leaves.length + unknown.length - (isSlip ? 1 : 0);
};

/** The findings of a failed parse of a value; `known` are the words a document may use, for "did you mean". */
export const findingsOf = (error: z.ZodError, value: unknown, known: readonly string[]): Finding[] => {
  const leaves = error.issues.flatMap((issue) => leavesOf(issue));
  const missing = leaves.filter(({ place, unknown }) => unknown === null && isMissing(place, value));
  const misspelt = new Map(leaves.map((leaf) => [leaf, missing.find((one) => isMeantBy(one, leaf))]));
  const named = new Set(misspelt.values());
  return leaves.flatMap((leaf): Finding[] => {
    const { place, message, unknown } = leaf;
    const meant = misspelt.get(leaf);
    if (meant !== undefined) return [wrong(place, message, `Did you mean ${nameOf(meant)}?`)];
    if (unknown !== null) return [wrong(place, message, insteadOf(unknown, place, known))];
    if (named.has(leaf)) return [];
    if (missing.includes(leaf) && !isOneOf(message))
      return [wrong(place, `${nameOf(leaf)} is missing.`, 'Add it; `attune config schema` prints what is allowed.')];
    return [wrong(place, sentence(message), 'Correct this value; `attune config schema` prints what is allowed.')];
  });
};

const nameOf = ({ place }: Leaf): string => String(place.at(-1));

/** Whether an unknown name stands beside a missing one that it is a part or a slip of. */
const isMeantBy = (missing: Leaf, { place, unknown }: Leaf): boolean =>
  unknown !== null &&
  pathText(missing.place.slice(0, -1)) === pathText(place.slice(0, -1)) &&
  isNear(nameOf(missing), unknown);

const isNear = (name: string, unknown: string): boolean =>
  name.includes(unknown) || unknown.includes(name) || closest(unknown, [name]) !== null;

/** Messages that name a choice say more than that something is missing. */
const isOneOf = (message: string): boolean => /^(must be one of|Use one of|name)/.test(message);

/** Whether nothing was written at a place whose surroundings were. */
const isMissing = (place: Place, value: unknown): boolean => {
  if (typeof place.at(-1) !== 'string') return false;
  let at = value;
  for (const part of place.slice(0, -1))
    at = z.looseObject({}).or(z.array(z.unknown())).safeParse(at).success ? Reflect.get(Object(at), part) : undefined;
  return typeof at === 'object' && at !== null && Reflect.get(at, place.at(-1) ?? '') === undefined;
};

const plainSteps = ['trim', 'lower', 'upper', 'capitalise', 'ascii'];
const steps = [...plainSteps, 'replace', 'regex', 'lookup'];

/** What to write instead of a word that is not known at its place. */
const insteadOf = (unknown: string, place: Place, known: readonly string[]): string => {
  if (place.at(-3) === 'attributes' && steps.includes(unknown)) {
    const step = plainSteps.includes(unknown) ? unknown : `{ ${unknown}: … }`;
    return `It is a step of \`transforms\`: write transforms: [${step}].`;
  }
  if (place.at(-3) === 'transforms') {
    return plainSteps.includes(unknown) ? `Write the word alone: - ${unknown}.` : `Use one of: ${steps.join(', ')}.`;
  }
  if (place.at(-2) === 'from' && ['separator', 'sep', 'delimiter', 'glue'].includes(unknown))
    return 'Did you mean with?';
  if (known.includes(unknown)) return 'It is a setting of another part: `attune config schema` tells of which.';
  const near = closest(unknown, known);
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
