import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quoted } from '../../src/client/quoted.ts';

test('a value is shown between quotation marks, and a long one by its beginning and its length', () => {
  assert.equal(quoted('Zoë\u001b[2J "x"'), '"Zoë\\u001b[2J \\"x\\""');
  assert.equal(quoted('x'.repeat(120)), `"${'x'.repeat(120)}"`);
  assert.equal(quoted(`${'🚀'.repeat(60)}${'x'.repeat(540)}`), `"${'🚀'.repeat(60)}…" (600 characters)`);
});
