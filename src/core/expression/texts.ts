import { isList, TooLarge } from './present.ts';

/** Thrown where a value is an object or a function: a target holds texts only. */
export class NotText extends Error {}

/** No target holds a text of more characters; a longer one is not even looked at. */
const longest = 1_000_000;

/** The texts of an expression's result: a list gives one for each of its items, nothing gives none. */
export const textsOf = (result: unknown): readonly string[] => {
  if (result === undefined || result === null || result === '') return [];
  if (typeof result === 'string') {
    if (result.length > longest) throw new TooLarge(`returns more than ${longest} characters`);
    return [result];
  }
  if (typeof result === 'number' || typeof result === 'boolean') return [String(result)];
  if (isList(result)) return result.flatMap(textsOf);
  throw new NotText();
};

/** Whether a condition holds, by JSONata's own rule for truth. */
export const holds = (result: unknown): boolean => {
  if (isList(result)) return result.some(holds);
  if (typeof result === 'object' && result !== null) return Object.keys(result).length > 0;
  return typeof result !== 'function' && Boolean(result);
};
