import type { Json, JsonObject } from '../values.ts';
import { limits } from './syntax.ts';

/**
 * How much of one person an expression may work on: directory data is written by strangers. Depth counts lists and
 * objects inside each other, `size` the characters of all texts and one for each value.
 */
const most = { depth: 32, items: limits.sequence, size: 200_000 } as const;

/** Thrown for a person with more than that; the message names the bound, not the attribute's value. */
export class TooLarge extends Error {}

/**
 * The value as expressions see it: null and empty text are absent, at every depth, so that functions yield nothing
 * instead of failing. Objects have no prototype, so that no name of JavaScript's own can be read from them.
 */
export const present = (value: Json | undefined): Json | undefined => {
  let left: number = most.size;
  const seen = (one: Json | undefined, depth: number): Json | undefined => {
    if (one === undefined || one === null || one === '') return undefined;
    left -= typeof one === 'string' ? one.length : 1;
    if (left < 0) throw new TooLarge(`the attributes that are read exceed ${most.size} characters`);
    if (typeof one !== 'object') return one;
    if (depth > most.depth) throw new TooLarge(`an attribute has more than ${most.depth} levels of nesting`);
    if (isList(one)) {
      if (one.length > most.items) throw new TooLarge(`a list has more than ${most.items} items`);
      const items = one.map((item) => seen(item, depth + 1)).filter((item) => item !== undefined);
      return items.length === 0 ? undefined : items;
    }
    const kept: Record<string, Json> = Object.create(null);
    for (const [name, inner] of Object.entries(one)) {
      if (name.startsWith('_jsonata_')) continue;
      const found = seen(inner, depth + 1);
      if (found !== undefined) kept[name] = found;
    }
    return kept;
  };
  return seen(value, 0);
};

/**
 * The attributes without what is nested deeper than the level at which the mapping refuses a person: to be kept as text and
 * read back, which both take a call for each level. What is left is refused in the same words.
 */
export const withoutDepths = (attributes: JsonObject): JsonObject => {
  if (!isDeep(attributes, 0)) return attributes;
  return Object.fromEntries(Object.entries(attributes).map(([name, inner]) => [name, cut(inner, 1)]));
};

const isDeep = (value: Json, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth > most.depth || Object.values(value).some((inner) => isDeep(inner, depth + 1)));

const cut = (value: Json, depth: number): Json => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > most.depth) return [];
  if (isList(value)) return value.map((inner) => cut(inner, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cut(inner, depth + 1)]));
};

/** Tells a list from the other JSON values, read-only lists included. */
export const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);
