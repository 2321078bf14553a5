import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialLine, credentialWarnings } from '../../src/core/expiry.ts';

const on = (day: string) => credentialLine(day, Date.parse('2026-11-24T09:00:00Z'));

test('a credential is warned of from thirty days before its end, and fails after it', () => {
  assert.deepEqual([on('2027-03-01').ok, on('2027-03-01').remedy], [true, undefined]);
  assert.equal(on('2026-12-25').remedy, undefined);
  assert.match(on('2026-12-24').remedy ?? '', /Create a new one/);
  assert.match(on('2026-11-25').found, /1 days/);
  assert.equal(on('2026-11-24').ok, true, 'its last day');
  assert.equal(on('2026-11-22').ok, false);
  assert.match(credentialLine(null, 0).remedy ?? '', /auth\.expires/);
});

test('a run warns in the last thirty days and after, and is silent before and where no day is said', () => {
  const warned = (day: string | null) => credentialWarnings(day, Date.parse('2026-11-24T09:00:00Z'));
  assert.deepEqual([warned(null), warned('2026-12-25')], [[], []]);
  assert.match(warned('2026-12-24')[0] ?? '', /valid until 2026-12-24.*Create a new one/);
  assert.match(warned('2026-11-20')[0] ?? '', /expired on 2026-11-20/);
});
