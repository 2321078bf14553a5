import type { AttributePath, Json, JsonObject } from '../core/values.ts';
import type { SourceAttribute } from './source.ts';

/** The paths found in a sample of people, each with the type and the first value seen; nobody's value gives "empty". */
export const discovered = (people: readonly JsonObject[]): readonly SourceAttribute[] => {
  const found = new Map<AttributePath, SourceAttribute>();
  const visit = (path: AttributePath, value: Json): void => {
    if (isObject(value)) {
      for (const [name, below] of Object.entries(value))
        visit(path === '' ? written(name) : `${path}.${written(name)}`, below);
      return;
    }
    const empty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
    const known = found.get(path);
    if (known === undefined || (known.type === 'empty' && !empty)) {
      found.set(path, { path, type: empty ? 'empty' : typeOf(value), example: empty ? null : value });
    }
  };
  for (const person of people) visit('', person);
  return [...found.values()].sort((a, b) => a.path.localeCompare(b.path, 'en'));
};

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeOf = (value: Json): string => {
  if (!Array.isArray(value)) return typeof value;
  return value.some((one) => typeof one === 'object') ? 'list of objects' : 'list';
};

/** A name as an expression writes it: one that is not plain goes into backquotes. */
const written = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``);
