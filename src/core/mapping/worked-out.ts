import type { Expression } from '../expression/expression.ts';
import { bail } from '../expression/path-closure.ts';
import type { Json } from '../values.ts';

/**
 * What the expressions of a mapping give for one person, each worked out once however many rows and targets name it.
 * `of` answers at once: with the value, or by throwing what the expression threw. Where only JSONata knows the value it
 * gives nothing for the time being and `isMissing` holds: what was concluded is then to be thrown away, and concluded
 * anew after `settle`.
 */
export type WorkedOut = {
  readonly of: (expression: Expression) => unknown;
  readonly isMissing: () => boolean;
  readonly settle: () => Promise<void>;
};

/** Nothing worked out yet of a person made by `present`. */
export const workOut = (person: Json | undefined): WorkedOut => {
  const known = new Map<string, { readonly value: unknown } | { readonly error: unknown }>();
  const missing = new Map<string, Expression>();
  return {
    of: (expression) => {
      const found = known.get(expression.text);
      if (found !== undefined) {
        if ('error' in found) throw found.error;
        return found.value;
      }
      const value = expression.now === null ? bail : expression.now(person);
      if (value !== bail) {
        known.set(expression.text, { value });
        return value;
      }
      missing.set(expression.text, expression);
      return undefined;
    },
    isMissing: () => missing.size > 0,
    settle: async () => {
      for (const [text, expression] of missing) {
        try {
          known.set(text, { value: await expression.evaluate(person) });
        } catch (error) {
          known.set(text, { error });
        }
      }
      missing.clear();
    },
  };
};
