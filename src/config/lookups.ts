import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { TargetMapping, Transform } from '../core/mapping/settings.ts';
import { type Finding, type Place, wrong } from './problem.ts';
import type { WrittenMapping, WrittenTransform } from './schema/mapping.ts';

const records = z.array(z.record(z.string(), z.string()));

/** The mapping with the tables of its lookup files in place of the files, so that a stored version stands alone. */
export const inlineLookups = (
  mapping: WrittenMapping,
  place: Place,
  { baseDir, found }: { readonly baseDir: string | null; readonly found: (finding: Finding) => void },
): TargetMapping => ({
  ...mapping,
  attributes: mapping.attributes.map((row, rowIndex) => ({
    ...row,
    transforms: row.transforms.map((transform, index) => {
      const at = [...place, 'attributes', rowIndex, 'transforms', index, 'lookup'];
      const read = inlined(transform, baseDir);
      if ('problem' in read) {
        found(wrong(at, read.problem, 'Give a CSV file with a first line of names, beside the document.'));
        return 'trim';
      }
      return read.transform;
    }),
  })),
});

const inlined = (
  transform: WrittenTransform,
  baseDir: string | null,
): { readonly transform: Transform } | { readonly problem: string } => {
  if (typeof transform === 'string' || !('lookup' in transform)) return { transform };
  const { lookup } = transform;
  if ('values' in lookup) return { transform: { lookup } };
  if (baseDir === null)
    return { problem: `The lookup file ${lookup.file} can only be read where the document is a file.` };
  try {
    const text = readFileSync(resolve(baseDir, lookup.file), 'utf8');
    const rows = records.parse(parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true }));
    if (rows.some((row) => row[lookup.key] === undefined || row[lookup.value] === undefined)) {
      return { problem: `The lookup file ${lookup.file} has no columns ${lookup.key} and ${lookup.value}.` };
    }
    const values = Object.fromEntries(rows.map((row) => [row[lookup.key] ?? '', row[lookup.value] ?? '']));
    return { transform: { lookup: { values } } };
  } catch {
    return { problem: `The lookup file ${lookup.file} cannot be read as CSV.` };
  }
};
