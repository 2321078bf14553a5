import { linearRegex } from '../expression/linear-regex.ts';
import { plainLetters } from '../plain-letters.ts';
import type { Transform } from './settings.ts';
import { tableKey } from './table-key.ts';

/** A value after its transforms; `applied` is false when a lookup, replace or regex was asked and none of them fitted. */
export type Transformed = { readonly value: string; readonly applied: boolean };

/** Compiles the transforms of a row into one function of a value. */
export const compileTransforms = (
  transforms: readonly Transform[],
): ((value: string, tell?: (after: string | null) => void) => Transformed) => {
  const steps = transforms.map(compileTransform);
  const judged = transforms.some((transform) => typeof transform !== 'string' && !('ascii' in transform));
  return (value, tell) => {
    let now = value;
    let applied = !judged;
    for (const step of steps) {
      const next = step(now);
      tell?.(next === null ? null : next.value);
      if (next === null) continue;
      now = next.value;
      applied ||= next.judged;
    }
    return { value: now, applied };
  };
};

/** One step: the new value, or null when it does not fit the value at all. */
type Step = (value: string) => { readonly value: string; readonly judged: boolean } | null;

const compileTransform = (transform: Transform): Step => {
  if (typeof transform === 'string') return (value) => ({ value: plain[transform](value), judged: false });
  if ('ascii' in transform) return (value) => ({ value: plainLetters(value, transform.ascii), judged: false });
  if ('replace' in transform) {
    const { find, with: by } = transform.replace;
    return (value) => (value.includes(find) ? { value: value.replaceAll(find, () => by), judged: true } : null);
  }
  if ('lookup' in transform) {
    const table = new Map(Object.entries(transform.lookup.values).map(([key, found]) => [tableKey(key), found]));
    return (value) => {
      const found = table.get(tableKey(value));
      return found === undefined ? null : { value: found, judged: true };
    };
  }
  const regex = linearRegex(transform.regex.find);
  return (value) => {
    const matcher = regex.matcher(value);
    return matcher.find() ? { value: matcher.reset().replaceAll(transform.regex.replace), judged: true } : null;
  };
};

const plain: Readonly<Record<Extract<Transform, string>, (value: string) => string>> = {
  trim: (value) => value.trim(),
  lower: (value) => value.toLowerCase(),
  upper: (value) => value.toUpperCase(),
  ascii: (value) => plainLetters(value),
  capitalise: (value) => {
    const [first = '', ...rest] = value;
    return first.toUpperCase() + rest.join('');
  },
};
