import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProductRequest } from '../../../src/targets/atlassian/connection.ts';
import { openPage } from '../../../src/targets/atlassian/open-page.ts';
import { countingCall } from '../fixtures/product.ts';
import { signedIn } from '../fixtures/session.ts';

const page = (name: string): ProductRequest => ({ method: 'GET', route: '/page', kind: 'read', query: { name } });

for (const [name, refusal] of [
  ['403', { status: 403 }],
  ['a redirect to the login page', { status: 302, location: '/login.action?permissionViolation=true' }],
  ['a redirect to "not permitted"', { status: 302, location: '/notpermitted.action' }],
] as const) {
  test(`${name} for one account only means that it is protected`, async () => {
    const { session } = signedIn(({ query }) => (query?.name === 'root' ? refusal : { status: 200, text: 'page' }));
    await assert.rejects(openPage(session, 'root', page, countingCall().call), { kind: 'rejected' });
    assert.equal((await openPage(session, 'fred', page, countingCall().call)).text, 'page');
  });

  test(`${name} for everybody means that the right is missing`, async () => {
    const { session } = signedIn(() => refusal);
    await assert.rejects(openPage(session, 'fred', page, countingCall().call), { kind: 'forbidden' });
  });
}
