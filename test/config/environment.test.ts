import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (file: string): string => readFileSync(join(root, file), 'utf8');
const below = (folder: string, end: RegExp): string =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => end.test(file))
    .map((file) => text(join(folder, file)))
    .join('\n');

const section = text('docs/operations.md').split('## Environment variables')[1]?.split('\n## ')[0] ?? '';
const rows = section.split('\n').filter((line) => /^\| `/.test(line));
const documented = new Set(
  rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)…?`/g)].map(([, name]) => name ?? '')),
);
const code = ['src', 'activities', 'workflows'].map((folder) => below(folder, /\.ts$/)).join('\n');
const read = new Set([...code.matchAll(/\b(?:ATTUNE|TEMPORAL)_[A-Z_]+/g)].map(([name]) => name));
/** Temporal's own settings are read by its package. */
const temporals = below('node_modules/@temporalio/envconfig/lib', /\.js$/);

test('every variable the program reads stands in the table', () => {
  assert.ok(read.size > 10);
  assert.deepEqual(
    // Secrets have one row for all of them: a proposal of `attune init` is a name like any other.
    [...read].filter((name) => !documented.has(name) && !/^ATTUNE_SECRET_./.test(name)),
    [],
  );
});

test('every variable in the table is read by the program, or by the packages it uses', () => {
  const strange = [...documented].filter(
    (name) => !read.has(name) && !temporals.includes(name) && !code.includes(name),
  );
  assert.deepEqual(
    strange.filter((name) => !name.endsWith('_PROXY')),
    [],
  );
});
