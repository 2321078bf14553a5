import type { Json } from '../values.ts';

/** How deep an attribute may be nested before the rest of it is left out: directory data is written by strangers. */
const maxDepth = 32;

/**
 * The value as expressions see it: null and empty text are absent, at every depth, so that functions yield nothing
 * instead of failing. Objects have no prototype, so that no name of JavaScript's own can be read from them.
 */
export const present = (value: Json | undefined, depth = 0): Json | undefined => {
  if (value === undefined || value === null || value === '' || depth > maxDepth) return undefined;
  if (isList(value)) {
    const items = value.map((item) => present(item, depth + 1)).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== 'object') return value;
  const kept: Record<string, Json> = Object.create(null);
  for (const [name, one] of Object.entries(value)) {
    if (name.startsWith('_jsonata_')) continue;
    const inner = present(one, depth + 1);
    if (inner !== undefined) kept[name] = inner;
  }
  return kept;
};

/** Tells a list from the other JSON values, read-only lists included. */
export const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);
