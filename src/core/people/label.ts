import type { AttributePath, Json, SourceUser } from '../values.ts';

/** What a person is called beside the id, for people who read reports. Every part is a personal value. */
export type Label = { readonly name: string | null; readonly login: string | null; readonly mail: string | null };

/** Where a source keeps these; the parts of the name are put together. */
export type LabelPaths = {
  readonly name: readonly AttributePath[];
  readonly login: AttributePath;
  readonly mail: AttributePath;
};

/** The paths a label is made of. */
export const labelSelection = ({ name, login, mail }: LabelPaths): readonly AttributePath[] => [...name, login, mail];

/** What a person is called, by what was read of them. */
export const labelOf = ({ attributes }: SourceUser, { name, login, mail }: LabelPaths): Label => {
  const whole = name.flatMap((path) => textAt(attributes, path) ?? []).join(' ');
  return { name: whole === '' ? null : whole, login: textAt(attributes, login), mail: textAt(attributes, mail) };
};

const textAt = (value: Json, path: AttributePath): string | null => {
  let found: Json | undefined = value;
  for (const part of path.split('.')) {
    if (typeof found !== 'object' || found === null || !isObject(found)) return null;
    found = found[part];
  }
  return typeof found === 'string' && found.trim() !== '' ? found.trim() : null;
};

const isObject = (value: object): value is { readonly [key: string]: Json } => !Array.isArray(value);

/** Letters as people type them in a search: lower case and without diacritics. */
const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/[\p{M}'’]/gu, '')
    .toLowerCase();

/**
 * Whether a search text matches a person: each of its words begins a word of the name, the login or the mail address. A
 * text without letters or digits matches nobody.
 */
export const labelMeant = (typed: string): ((label: Label) => boolean) => {
  const wanted = folded(typed).match(/[\p{L}\p{N}@._+-]+/gu) ?? [];
  return ({ name, login, mail }) => {
    const words = [name, login, mail].flatMap((text) => {
      const plain = folded(text ?? '');
      return [plain, ...plain.split(/[^\p{L}\p{N}]+/u)];
    });
    return wanted.length > 0 && wanted.every((part) => words.some((word) => word.startsWith(part)));
  };
};
