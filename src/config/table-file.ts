import { readFileSync } from 'node:fs';
import { CsvError, type Info, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { closest } from '../core/closest.ts';
import { tableKey } from '../core/mapping/table-key.ts';
import { decode, type EncodingName } from './decode.ts';

/** How a table is written and which of its columns count. */
export type TableSettings = {
  readonly key: string;
  readonly value: string;
  readonly separator: string;
  readonly encoding: EncodingName;
};

/** A table by its keys, or what is wrong with the file and what to do about it. */
export type Table =
  | { readonly values: Readonly<Record<string, string>> }
  | { readonly problem: string; readonly remedy: string };

/** Reads a table of two columns out of a CSV file; nothing is guessed, and no line is skipped silently. */
export const readTable = (path: string, name: string, settings: TableSettings): Table => {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    const remedy = 'Put it next to the document, or correct its name (upper and lower case matter).';
    return { problem: `The lookup file ${name} cannot be read: it does not exist, or permission is denied.`, remedy };
  }
  const decoded = decode(bytes, settings.encoding);
  if ('flaw' in decoded) {
    const at = decoded.line === null ? '' : ` (line ${decoded.line})`;
    const usual = 'windows-1252` (Excel in Western Europe)';
    const remedy = `Save it in UTF-8, or name its encoding: \`encoding: ${decoded.marked === null ? usual : `${decoded.marked}\``}.`;
    return { problem: `The lookup file ${name} cannot be read: ${decoded.flaw}${at}.`, remedy };
  }
  try {
    return tableOf(withoutMark(decoded.text), name, settings);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = z.looseObject({ lines: z.number() }).safeParse(error);
    const at = line.success ? `, line ${line.data.lines}` : '';
    const [what, remedy] = brokenLines[error.code] ?? [`it is not valid CSV (${error.code})`, 'Correct this line.'];
    return { problem: `The lookup file ${name}${at}: ${what}.`, remedy };
  }
};

const quotes =
  'Enclose values that contain a separator or a quotation mark in quotation marks, and double those inside.';
const brokenLines: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  CSV_QUOTE_NOT_CLOSED: ['a quotation mark is not closed', quotes],
  CSV_INVALID_CLOSING_QUOTE: ['there is text after a closing quotation mark', quotes],
  INVALID_OPENING_QUOTE: ['there is a quotation mark inside an unquoted value', quotes],
};

/** Excel's own first line, which says what separates the values: `sep=;`. The lines behind it keep their numbers. */
const withoutMark = (text: string): string => text.replace(/^\uFEFF?"?sep=.[",;]?(?=\r?\n|\r)/i, '');

/** Lines of nothing but separators are what spreadsheets leave below a table. */
const withoutEmptyLines = { skip_empty_lines: true, skip_records_with_empty_values: true };

const rows = z.array(z.object({ record: z.array(z.string()), info: z.custom<Info>() }));

const tableOf = (text: string, name: string, settings: TableSettings): Table => {
  const { key, value, separator } = settings;
  const [head, ...lines] = rows.parse(
    parse(text, { delimiter: separator, trim: true, info: true, ...withoutEmptyLines, relax_column_count: true }),
  );
  const names = head?.record ?? [];
  const problem = wrongNames(names, text, name, settings);
  if (problem !== null) return problem;
  if (lines.length === 0)
    return {
      problem: `The lookup file ${name} has no line below its column names.`,
      remedy: 'Fill it, or remove the lookup.',
    };
  const [keyAt, valueAt] = [names.indexOf(key), names.indexOf(value)];
  const seen = new Map<string, number>();
  const values: [string, string][] = [];
  for (const { record, info } of lines) {
    const one = record[keyAt] ?? '';
    const line = info.lines;
    if (record.length !== names.length) {
      const problem = `The lookup file ${name}, line ${line}: it has ${record.length === 1 ? '1 value' : `${record.length} values`} for ${names.length} columns.`;
      return { problem, remedy: quotes };
    }
    if (one === '') {
      return {
        problem: `The lookup file ${name}, line ${line}: ${key} is empty.`,
        remedy: 'Fill it, or remove the line.',
      };
    }
    const before = seen.get(tableKey(one));
    if (before !== undefined) {
      const remedy = 'Keep one of the two lines.';
      return { problem: `The lookup file ${name}, line ${line}: ${one} is already in line ${before}.`, remedy };
    }
    seen.set(tableKey(one), line);
    values.push([one, record[valueAt] ?? '']);
  }
  return { values: Object.fromEntries(values) };
};

const separators = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  [',', 'commas'],
  ['|', 'bars'],
] as const;

/** Why a table has not the columns it should have: another separator, another spelling, one name twice. */
const wrongNames = (
  names: readonly string[],
  text: string,
  name: string,
  { key, value, separator }: TableSettings,
): Table | null => {
  const wanted = [...new Set([key, value])];
  const twice = wanted.find((one) => names.filter((other) => other === one).length > 1);
  if (twice !== undefined) {
    const remedy = 'Give every column its own name.';
    return { problem: `The lookup file ${name}, line 1: ${twice} names more than one column.`, remedy };
  }
  const missing = wanted.filter((one) => !names.includes(one));
  if (missing.length === 0) return null;
  const first =
    text
      .replace(/^\uFEFF/, '')
      .trimStart()
      .split(/\r?\n/)[0] ?? '';
  const other = separators.find(([sign]) => sign !== separator && first.includes(sign) && !first.includes(separator));
  const problem = `The lookup file ${name} has no column ${missing.join(' and no column ')}`;
  if (other !== undefined) {
    const written = other[0] === '\t' ? '"\\t"' : `"${other[0]}"`;
    return {
      problem: `${problem}: ${other[1]} separate its values.`,
      remedy: `Write \`separator: ${written}\` next to \`file\`.`,
    };
  }
  const near = missing.map((one) => closest(one, names)).find((one) => one !== null);
  const has = names.length === 0 ? 'it is empty' : `its first line names ${names.join(', ')}`;
  const remedy =
    near === undefined ? 'Add a first line with column names, and name two of them.' : `Did you mean ${near}?`;
  return { problem: `${problem}: ${has}.`, remedy };
};
