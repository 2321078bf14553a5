import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { notices, noticesFile } from '../../scripts/notices.ts';

const root = join(import.meta.dirname, '..', '..');
const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
const written = readFileSync(noticesFile, 'utf8');

test('the third-party notices are those of the lock: npm run notices writes them anew', () => {
  assert.equal(written, notices(lock));
});

test('every package the program depends on, and the libraries of the console, are among them', () => {
  const manifest = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  for (const name of [...Object.keys(manifest.dependencies), 'react', '@base-ui/react', '@codemirror/state']) {
    assert.ok(written.includes(`\n- ${name} `), name);
  }
});

test('a package without a licence is not passed over', () => {
  assert.throws(
    () => notices(JSON.stringify({ packages: { 'node_modules/odd': { version: '1.0.0' } } })),
    /tells no licence of odd/,
  );
});
