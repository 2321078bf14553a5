import { resolve } from 'node:path';
import type { TargetMapping, Transform } from '../core/mapping/settings.ts';
import { type Finding, type Place, wrong } from './problem.ts';
import type { WrittenMapping, WrittenTransform } from './schema/mapping.ts';
import { readTable, type Table } from './table-file.ts';

/** Replaces lookup files by their tables, so that a stored version is self-contained. */
export type InlineLookups = (mapping: WrittenMapping, place: Place) => TargetMapping;

/**
 * Reads each file of a document once: what is wrong with it is reported where it is first named. `baseDir` is null
 * where the document is no file, so that it can name none.
 */
export const lookupReader = (baseDir: string | null, found: (finding: Finding) => void): InlineLookups => {
  const tables = new Map<string, Table>();
  const inlined = (transform: WrittenTransform, place: Place): Transform => {
    if (typeof transform === 'string' || !('lookup' in transform)) return transform;
    const { lookup } = transform;
    if ('values' in lookup) return { lookup };
    const id = JSON.stringify(lookup);
    const known = tables.get(id);
    const table = known ?? tableOf(lookup, baseDir);
    tables.set(id, table);
    if ('values' in table) return { lookup: { values: table.values } };
    if (known === undefined) found(wrong([...place, 'lookup'], table.problem, table.remedy));
    return 'trim';
  };
  return (mapping, place) => ({
    ...mapping,
    attributes: mapping.attributes.map((row, rowIndex) => ({
      ...row,
      transforms: row.transforms.map((transform, index) =>
        inlined(transform, [...place, 'attributes', rowIndex, 'transforms', index]),
      ),
    })),
  });
};

type FileLookup = Extract<Extract<WrittenTransform, { lookup: unknown }>['lookup'], { file: string }>;

const tableOf = (lookup: FileLookup, baseDir: string | null): Table => {
  if (baseDir !== null) return readTable(resolve(baseDir, lookup.file), lookup.file, lookup);
  return {
    problem: `The lookup file ${lookup.file} can only be read if the document is a file.`,
    remedy: 'Write the table into the document, under `values`.',
  };
};
