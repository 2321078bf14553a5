import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { targetDefinitions } from '../../src/targets/index.ts';

test('every folder of a target is registered under its name, and nothing else is', () => {
  const folders = readdirSync(new URL('../../src/targets', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['atlassian', 'kit'].includes(entry.name))
    .map((entry) => entry.name);
  assert.deepEqual([...targetDefinitions.keys()].sort(), folders.sort());
  for (const [kind, definition] of targetDefinitions) assert.equal(definition.kind, kind);
});
