import { LineCounter, parseDocument } from 'yaml';
import { type Finding, type Place, type Problem, pathText } from './problem.ts';

/** A document as YAML gives it, with the line of every place in it. */
export type Parsed = {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  readonly locate: (finding: Finding) => Problem;
};

/** Reads YAML; what is wrong with its form comes back as problems. */
export const parseYaml = (text: string): Parsed => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems = document.errors.map(
    (error): Problem => ({
      severity: 'error',
      path: '',
      line: lines.linePos(error.pos[0]).line,
      message: error.message.split('\n')[0] ?? 'This is not YAML.',
      remedy: 'Correct the YAML at this line.',
    }),
  );
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
  return { value: document.errors.length === 0 ? document.toJS({ maxAliasCount: 100 }) : null, problems, locate };
};
