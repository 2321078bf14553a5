import assert from 'node:assert/strict';
import { test } from 'node:test';
import { protectedAccount } from '../../../src/targets/atlassian/open-page.ts';
import { openProtection } from '../../../src/targets/atlassian/protection.ts';

const auth = { token: { env: 'ATTUNE_SECRET_X' } };
const root = { key: 'K1', username: 'root', email: null, active: true };

test('an account the product guards is known from then on, under any name', async () => {
  const protection = openProtection(['svc-*'], auth);
  assert.equal(protection.protects(root), false);
  await assert.rejects(
    protection.watch(root, () => Promise.reject(protectedAccount('Jira'))),
    { kind: 'rejected' },
  );
  assert.equal(protection.protects({ ...root, username: 'renamed' }), true);
  assert.equal(protection.protects({ ...root, key: 'K2', username: 'svc-build' }), true);
});

test('any other trouble protects nobody', async () => {
  const protection = openProtection([], auth);
  await assert.rejects(protection.watch(root, () => Promise.reject(new Error('network'))));
  assert.equal(await protection.watch(root, () => Promise.resolve(1)), 1);
  assert.equal(protection.protects(root), false);
});
