import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { neverWritten } from '../../../src/targets/kit/never.ts';

const own = 'svc-attune';

test('our own account is never written, whatever the list says', () => {
  assert.equal(neverWritten([], own)('SVC-Attune'), true);
  assert.equal(neverWritten([], own)('svc-attune2'), false);
  assert.equal(neverWritten([], null)('svc-attune'), false);
});

test('a star stands for any text, at any place', () => {
  const never = neverWritten(['svc-*', '*.bot', 'a*b*c', 'admin'], own);
  for (const name of ['svc-', 'svc-x', 'build.BOT', 'abc', 'axxbxxc', 'Admin']) assert.equal(never(name), true, name);
  for (const name of ['xsvc-', 'bot', 'ab', 'acb', 'administrator']) assert.equal(never(name), false, name);
});

test('a pattern fits what a regular expression of the same meaning fits', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
  const names = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
  fc.assert(
    fc.property(letters, names, (pattern, name) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);
      assert.equal(neverWritten([pattern], null)(name), expected);
    }),
  );
});
