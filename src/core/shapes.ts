import type { AttributePath } from './values.ts';

/** What an attribute is that is no single text: its parts, `null` where they may be any, and whether it is a list. */
export type Shape = { readonly parts: readonly string[] | null; readonly list: boolean };

/** The shapes of the attributes of a directory that are no single text; one without parts is a list of texts. */
export type Shapes = ReadonlyMap<AttributePath, Shape>;

/**
 * Shapes from lines such as `name: fullName givenName` (an object), `phones[]: value type` (a list of objects) or
 * `aliases[]` (a list of texts). The part that people most often mean comes first; `*` stands for parts of any name.
 */
export const shapesFrom = (lines: readonly string[]): Shapes =>
  new Map(
    lines.map((line) => {
      const [, path = '', brackets, parts = ''] = /^(\w+)(\[\])?(?:: (.*))?$/.exec(line) ?? [];
      const names = parts === '' ? [] : parts.split(' ');
      return [path, { parts: parts === '*' ? null : names, list: brackets !== undefined }] as const;
    }),
  );
