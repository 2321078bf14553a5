import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Json, JsonObject } from '../core/values.ts';

/** One place where two definitions differ; null is "nothing there". */
export type Difference = { readonly path: string; readonly before: Json; readonly after: Json };

/**
 * Where two stored definitions differ. Targets and rows are paired by what they name, so that one new row is one
 * difference, whatever its position.
 */
export const differencesOf = (before: Json, after: Json, path = ''): readonly Difference[] => {
  if (isDeepStrictEqual(before, after)) return [];
  const [left, right] = [partsOf(before), partsOf(after)];
  if (left === null || right === null) return [{ path, before, after }];
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].flatMap((name) =>
    differencesOf(left.get(name) ?? null, right.get(name) ?? null, `${path}${path === '' ? name.slice(1) : name}`),
  );
};

const named = z.looseObject({
  target: z.string().optional(),
  field: z.string().optional(),
  userProperty: z.string().optional(),
});

/** The parts of an object or of a list of named things, each under its name; null for all that is compared whole. */
const partsOf = (value: Json): ReadonlyMap<string, Json> | null => {
  if (isList(value)) return value.length > 0 && value.every((one) => nameOf(one) !== null) ? byName(value) : null;
  if (!isObject(value)) return null;
  return new Map(Object.entries(value).map(([name, one]) => [`.${name}`, one]));
};

const byName = (list: readonly Json[]): ReadonlyMap<string, Json> => {
  const parts = new Map<string, Json>();
  for (const one of list) {
    const name = nameOf(one) ?? '';
    let nth = 1;
    while (parts.has(labelled(name, nth))) nth += 1;
    parts.set(labelled(name, nth), one);
  }
  return parts;
};

const labelled = (name: string, nth: number): string => (nth === 1 ? `[${name}]` : `[${name} (${nth})]`);

const nameOf = (value: Json): string | null => {
  const parsed = named.safeParse(value);
  if (!parsed.success) return null;
  const { target, field, userProperty } = parsed.data;
  if (target !== undefined) return target;
  if (field !== undefined) return `field:${field}`;
  return userProperty === undefined ? null : `userProperty:${userProperty}`;
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !isList(value);
