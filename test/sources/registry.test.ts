import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { sourceDefinitions } from '../../src/sources/index.ts';

test('every folder of a source is registered under its name, and nothing else is', () => {
  const folders = readdirSync(new URL('../../src/sources', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  assert.deepEqual([...sourceDefinitions.keys()].sort(), folders.sort());
  for (const [kind, definition] of sourceDefinitions) assert.equal(definition.kind, kind);
});
