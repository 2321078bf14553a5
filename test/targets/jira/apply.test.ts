import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProductRequest } from '../../../src/targets/atlassian/connection.ts';
import { applyChanges } from '../../../src/targets/jira/apply.ts';
import { propertiesPage } from '../fixtures/pages.ts';
import { countingCall } from '../fixtures/product.ts';
import { type Reply, signedIn } from '../fixtures/session.ts';
import { endedBy, statuses } from '../fixtures/written.ts';

const fred = { key: 'JIRAUSER1', username: 'fred', email: null, active: true };
const list = '/secure/admin/user/EditUserProperties.jspa';

/** Jira's three actions over one account; `named` is the name the account has today. */
const jiraWith = (held: Record<string, string>, named: string | null = 'fred') =>
  signedIn((request: ProductRequest): Reply => {
    const { name = '', key = '', value = '' } = request.form ?? {};
    if (request.route === '/rest/api/2/user') {
      return named === null
        ? { status: 404 }
        : { status: 200, text: JSON.stringify({ key: 'JIRAUSER1', name: named, active: true }) };
    }
    if (request.route === list) {
      if (request.query?.name !== named) return { status: 200, text: '<p class="error">no such user</p>' };
      return { status: 200, text: propertiesPage(named, held) };
    }
    if (value.startsWith('refuse'))
      return { status: 200, text: `<form action="${request.route.split('/').at(-1)}"><b>${value} is bad</b></form>` };
    if (value.startsWith('odd')) return { status: 200, text: '<p class="error">The licence runs out.</p>' };
    if (request.route.endsWith('DeleteUserProperty.jspa')) delete held[key];
    else if (request.route.endsWith('!add.jspa') === key in held)
      return { status: 200, text: '<form action="EditUserProperties!add.jspa"></form>' };
    else held[key] = value;
    return { status: 302, location: `http://127.0.0.1:9${list}?name=${name}` };
  });

const change = (key: string, before: string | null, after: string | null) =>
  ({ attribute: `userProperty:${key}`, before, after }) as const;

describe('writing User Properties', () => {
  test('adds, updates and deletes by what the account holds', async () => {
    const held: Record<string, string> = { Company: 'ACME', Old: 'x', Mine: 'kept' };
    const { session, writes } = jiraWith(held);
    const changes = [change('Company', 'ACME', 'Umbrella'), change('Old', 'x', null), change('New', null, 'n')];
    const results = await applyChanges(session, fred, changes, countingCall().call);
    assert.deepEqual(statuses(results), ['applied', 'applied', 'applied']);
    assert.deepEqual(held, { Company: 'Umbrella', Mine: 'kept', New: 'n' });
    assert.deepEqual(
      writes().map(({ route }) => route.split('/').at(-1)),
      ['EditUserProperty!update.jspa', 'DeleteUserProperty.jspa', 'EditUserProperties!add.jspa'],
    );
  });

  test('a repeat writes nothing and says so', async () => {
    const { session, writes } = jiraWith({ Company: 'Umbrella' });
    const results = await applyChanges(session, fred, [change('Company', 'ACME', 'Umbrella')], countingCall().call);
    assert.deepEqual(results, { results: [{ attribute: 'userProperty:Company', status: 'already' }], ended: null });
    assert.equal(writes().length, 0);
  });

  test('a refused value is a result without the product’s words; the others go on', async () => {
    const { session } = jiraWith({});
    const changes = [change('A', null, 'refuse-secret'), change('B', null, 'b')];
    const results = await applyChanges(session, fred, changes, countingCall().call);
    assert.deepEqual(statuses(results), ['rejected', 'applied']);
    assert.equal(/secret/.test(JSON.stringify(results)), false);
  });

  test('an answer that is no success and no refusal is none', async () => {
    const { session } = jiraWith({});
    assert.equal(
      endedBy(await applyChanges(session, fred, [change('A', null, 'odd')], countingCall().call)),
      'wrongShape',
    );
  });

  test('an account that was renamed is found by its key', async () => {
    const held = {};
    const { session, writes } = jiraWith(held, 'frederic');
    await applyChanges(session, fred, [change('A', null, 'a')], countingCall().call);
    assert.deepEqual(held, { A: 'a' });
    assert.equal(writes()[0]?.form?.name, 'frederic');
  });

  test('an account that is gone is not found', async () => {
    const { session } = jiraWith({}, null);
    assert.equal(endedBy(await applyChanges(session, fred, [change('A', null, 'a')], countingCall().call)), 'notFound');
  });

  test('a redirect to anywhere else is no success', async () => {
    const { session } = signedIn(({ route }) =>
      route === list
        ? { status: 200, text: propertiesPage('fred', {}) }
        : { status: 302, location: 'http://127.0.0.1:9/secure/Dashboard.jspa?name=fred' },
    );
    assert.equal(
      endedBy(await applyChanges(session, fred, [change('A', null, 'a')], countingCall().call)),
      'wrongShape',
    );
  });
});
