import type { Json, JsonObject } from '../../../src/core/values.ts';

/** A path of the source with how many of the sample have a value there. */
export type Offer = {
  readonly path: string;
  readonly type: string;
  readonly example: string;
  readonly filled: number;
};

/** The paths a sample offers, by the people who have a value there. */
export const offersOf = (people: readonly { readonly attributes: JsonObject }[]): readonly Offer[] => {
  const found = new Map<string, { type: string; example: string; filled: number }>();
  const visit = (path: string, value: Json): void => {
    if (isObject(value)) {
      for (const [name, inner] of Object.entries(value))
        visit(path === '' ? written(name) : `${path}.${written(name)}`, inner);
      return;
    }
    const empty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
    const known = found.get(path);
    if (known === undefined)
      found.set(path, { type: empty ? '' : typeOf(value), example: empty ? '' : textOf(value), filled: empty ? 0 : 1 });
    else if (!empty) {
      known.filled += 1;
      if (known.example === '') Object.assign(known, { type: typeOf(value), example: textOf(value) });
    }
  };
  for (const { attributes } of people) visit('', attributes);
  return [...found]
    .map(([path, rest]) => ({ path, ...rest }))
    .sort((a, b) => b.filled - a.filled || a.path.localeCompare(b.path, 'en'));
};

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeOf = (value: Json): string =>
  Array.isArray(value) ? 'list' : typeof value === 'string' ? 'text' : typeof value;

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A name as an expression writes it: one that is not plain goes into backquotes. */
const written = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``);
