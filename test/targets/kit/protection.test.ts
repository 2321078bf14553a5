import assert from 'node:assert/strict';
import { test } from 'node:test';
import { protectedAccount } from '../../../src/targets/atlassian/open-page.ts';
import { openProtection } from '../../../src/targets/kit/protection.ts';

const root = { key: 'K1', username: 'root', email: null, active: true };

test('an account the product guards is left alone for a while, under any name, and then tried again', () => {
  let now = 0;
  const protection = openProtection(['svc-*'], null, () => now);
  assert.equal(protection.protects(root), false);
  protection.note(root, protectedAccount('Jira'));
  now += 14 * 60_000;
  assert.equal(protection.protects({ ...root, username: 'renamed' }), true);
  now += 2 * 60_000;
  assert.equal(protection.protects(root), false, 'it may have become an ordinary account');
  assert.equal(protection.protects({ ...root, key: 'K2', username: 'svc-build' }), true);
});

test('any other trouble protects nobody', () => {
  const protection = openProtection([], null);
  protection.note(root, new Error('network'));
  protection.note(root, null);
  assert.equal(protection.protects(root), false);
});
