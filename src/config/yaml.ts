import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type Scalar,
  type YAMLError,
} from 'yaml';
import { type Finding, type Place, type Problem, pathText } from './problem.ts';

/** A document as YAML gives it, with the line of every place in it. */
export type Parsed = {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  readonly locate: (finding: Finding) => Problem;
};

/** How often a document may repeat a part by its name (YAML: alias): more are an attack or a slip. */
const mostAliases = 100;

/** Reads YAML; what is wrong with its form comes back as problems. */
export const parseYaml = (text: string): Parsed => {
  const lines = new LineCounter();
  const document = parsed(text, lines);
  if (document === null || document.errors.some(isTooDeep)) {
    return unreadable('it is nested too deeply', 'Write it out in full.');
  }
  // What follows the first errors is mostly their consequence.
  const problems = document.errors.slice(0, 3).map((error): Problem => {
    const { message, remedy } = worded(error);
    return { severity: 'error', path: '', line: lines.linePos(error.pos[0]).line, message, remedy };
  });
  const lineOf = (place: Place): number | null => {
    for (let length = place.length; length > 0; length -= 1) {
      const node = document.getIn(place.slice(0, length), true);
      if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
        const offset: unknown = node.range[0];
        if (typeof offset === 'number') return lines.linePos(offset).line;
      }
    }
    return null;
  };
  const locate = ({ severity, place, message, remedy }: Finding): Problem => {
    const line = lineOf(place);
    return { severity, path: pathText(place), ...(line === null ? {} : { line }), message, remedy };
  };
  if (problems.length > 0) return { value: null, problems, locate };
  try {
    const value: unknown = document.toJS({ maxAliasCount: mostAliases });
    const found = misread(document.contents, []);
    return { value, problems: found.map((one) => misreadProblem(one, lines.linePos(one.node.range[0]).line)), locate };
  } catch (error) {
    const unresolved = error instanceof ReferenceError && error.message.startsWith('Unresolved alias');
    return unresolved
      ? unreadable(
          'a text begins with *, which refers to a part named with &, and there is no such part',
          'Put it in quotes.',
        )
      : unreadable(`it refers to named parts (&, *) more than ${mostAliases} times`, 'Write it out in full.');
  }
};

const isTooDeep = ({ message }: YAMLError): boolean => /call stack/i.test(message);

const parsed = (text: string, lineCounter: LineCounter): Document.Parsed | null => {
  try {
    return parseDocument(text, { lineCounter });
  } catch {
    // The parser recurses for every level and has no limit itself.
    return null;
  }
};

const unreadable = (why: string, remedy: string): Parsed => ({
  value: null,
  problems: [{ severity: 'error', path: '', message: `This document cannot be read: ${why}.`, remedy }],
  locate: ({ place, ...rest }) => ({ ...rest, path: pathText(place) }),
});

const worded = ({ code, message }: YAMLError): { readonly message: string; readonly remedy: string } => {
  const known = words[code];
  if (known !== undefined) return { message: known[0], remedy: known[1] };
  const said = message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '.') ?? 'This is not YAML.';
  return { message: said, remedy: 'Correct the YAML at this line.' };
};

const words: Partial<Readonly<Record<YAMLError['code'], readonly [message: string, remedy: string]>>> = {
  MULTIPLE_DOCS: [
    'A second document begins here (---), but a file can hold only one.',
    'Put all connectors into one `connectors` list, or the second document into a separate file.',
  ],
  DUPLICATE_KEY: ['This key already occurs above in the same place.', 'Keep one of the two.'],
  TAB_AS_INDENT: ['This line begins with a tab.', 'Indent with spaces.'],
  BAD_ALIAS: ['This refers to a part (*) that does not exist.', 'Put a text that begins with * or & in quotes.'],
};

/**
 * What YAML reads differently from how it looks: a key that is no text, and in an example a number whose digits are not
 * those written (`0012` is 12). Both are identifiers far more often than quantities.
 */
const misread = (node: ParsedNode | null, place: Place): Misread[] => {
  if (isMap(node)) {
    return node.items.flatMap(({ key, value }) => {
      const source = isScalar(key) && typeof key.source === 'string' ? key.source : String(key);
      const at = [...place, source];
      const own = isScalar(key) && typeof key.value !== 'string' ? [{ node: key, source, place: at }] : [];
      return [...own, ...misread(value, at)];
    });
  }
  if (isSeq(node)) return node.items.flatMap((item, index) => misread(item, [...place, index]));
  if (!isScalar(node) || typeof node.value !== 'number' || typeof node.source !== 'string') return [];
  return place.includes('examples') && node.source !== String(node.value) ? [{ node, source: node.source, place }] : [];
};

type Misread = { readonly node: Scalar.Parsed; readonly source: string; readonly place: Place };

const misreadProblem = ({ node, source, place }: Misread, line: number): Problem => ({
  severity: 'error',
  path: pathText(place),
  line,
  message: `YAML reads ${source} as ${node.value === null ? 'nothing' : `the ${typeof node.value} ${node.value}`}, not as text.`,
  remedy: `Put it in quotes: "${source}".`,
});
