import { compileExpression } from '../expression/expression.ts';
import { TooLarge } from '../expression/present.ts';
import { NotText, textsOf } from '../expression/texts.ts';
import { isBlank } from './clean.ts';
import type { ValueFrom } from './settings.ts';
import type { WorkedOut } from './worked-out.ts';

/** The reason of a mapping that cannot be worked out; it names rows and paths, never values. */
export class MappingError extends Error {}

/** The source of a row's value, ready to run. */
export type CompiledFrom = {
  readonly reads: readonly string[];
  readonly texts: (values: WorkedOut) => readonly string[];
};

/** Compiles what a row says under `from`. */
export const compileFrom = (from: ValueFrom): CompiledFrom => {
  if (typeof from === 'string') return compileTexts(from);
  if ('constant' in from) return { reads: [], texts: () => (from.constant === '' ? [] : [from.constant]) };
  const parts = ('firstOf' in from ? from.firstOf : from.join).map(compileTexts);
  const reads = parts.flatMap((part) => part.reads);
  if ('firstOf' in from) {
    const texts = (values: WorkedOut): readonly string[] => {
      for (const part of parts) {
        const found = part.texts(values);
        if (found.some((text) => !isBlank(text))) return found;
      }
      return [];
    };
    return { reads, texts };
  }
  const texts = (values: WorkedOut): readonly string[] => {
    const joined = parts.flatMap((part) => part.texts(values)).filter((text) => !isBlank(text));
    return joined.length === 0 ? [] : [joined.join(from.with)];
  };
  return { reads, texts };
};

/** Compiles an expression to the texts it gives; what goes wrong while it runs becomes a `MappingError`. */
export const compileTexts = (text: string): CompiledFrom => {
  const evaluate = compileSafe(text);
  const texts = (values: WorkedOut): readonly string[] => {
    const result = evaluate.run(values);
    try {
      return textsOf(result);
    } catch (error) {
      if (error instanceof TooLarge) throw new MappingError(`${text} ${error.message}`);
      throw new MappingError(error instanceof NotText ? `${text} gives an object, not a text` : `${text} failed`);
    }
  };
  return { reads: evaluate.reads, texts };
};

/** Compiles an expression so that its errors name it, by JSONata's code and without the value at hand. */
export const compileSafe = (
  text: string,
): { readonly reads: readonly string[]; readonly run: (values: WorkedOut) => unknown } => {
  const expression = compileExpression(text);
  const run = (values: WorkedOut): unknown => {
    try {
      return values.of(expression);
    } catch (error) {
      const code =
        typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
          ? ` (${error.code})`
          : '';
      throw new MappingError(`${text} cannot be evaluated for this person${code}`);
    }
  };
  return { reads: expression.reads, run };
};
