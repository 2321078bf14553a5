import { isList } from './present.ts';

/** Thrown where a value is an object or a function: a target holds texts only. */
export class NotText extends Error {}

/** The texts of an expression's result: a list gives one for each of its items, nothing gives none. */
export const textsOf = (result: unknown): readonly string[] => {
  if (result === undefined || result === null || result === '') return [];
  if (typeof result === 'string') return [result];
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
