import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProductRequest } from '../../../src/targets/atlassian/connection.ts';
import { writeFields } from '../../../src/targets/confluence/apply.ts';
import { confluence } from '../../../src/targets/confluence/index.ts';
import { userFormPage } from '../fixtures/pages.ts';
import { countingCall } from '../fixtures/product.ts';
import { deps, openProduct, passwordAuth } from '../fixtures/sandbox.ts';
import { type Reply, signedIn } from '../fixtures/session.ts';
import { endedBy, statuses } from '../fixtures/written.ts';

const fred = { key: '4028', username: 'fred', email: null, active: true };
const empty = { phone: '', im: '', website: '', position: '', department: '', location: '' };

/** Confluence's form over one account, with its rename and overwrite traps; values with "refuse" are refused. */
const confluenceWith = (
  identity: Record<string, string>,
  held: Record<string, string>,
  encoded = 2,
  leadsTo?: string,
) => {
  const answer = (request: ProductRequest): Reply => {
    if (request.route === '/rest/api/user') {
      return { status: 200, text: JSON.stringify({ username: identity.username, userKey: '4028' }) };
    }
    if (request.method === 'GET') {
      if (request.query?.username !== identity.username) return { status: 200, text: '<p>no such user</p>' };
      const fields = Object.entries(held).map(([name, value]) => [`userparam-${name}`, value]);
      return { status: 200, text: userFormPage('4028', { ...identity, ...Object.fromEntries(fields) }) };
    }
    const form = request.form ?? {};
    if (Object.values(form).some((value) => value.startsWith('refuse'))) {
      return { status: 200, text: userFormPage('4028', { ...form }) };
    }
    for (const name of Object.keys(identity)) identity[name] = form[name] ?? '';
    for (const [name, value] of Object.entries(form)) {
      if (name.startsWith('userparam-')) held[name.slice('userparam-'.length)] = value;
    }
    let name = leadsTo ?? form.username ?? '';
    for (let times = 1; times < encoded; times += 1) name = new URLSearchParams({ name }).toString().slice(5);
    const location = `/admin/users/viewuser.action;jsessionid=1A?${new URLSearchParams({ username: name })}`;
    return { status: 302, location };
  };
  return { ...signedIn(answer), answer };
};

const change = (field: string, before: string | null, after: string | null) =>
  ({ attribute: `field:${field}`, before, after }) as const;

describe('writing profile fields', () => {
  test('sends one form for all changes; name and mail stay, whatever they hold', async () => {
    const identity = { username: 'fred', fullName: `Fred "F" O'Neil <x> & שלום 😀`, email: 'a+b&c@example.com' };
    const held = { ...empty, phone: '1', im: 'kept', location: 'Rome' };
    const before = { ...identity };
    const { session, writes } = confluenceWith(identity, held);
    const changes = [
      change('phone', '1', '2 & <3>'),
      change('location', 'Rome', null),
      change('position', null, 'Lead'),
    ];
    const results = await writeFields(session, fred, changes, countingCall().call);
    assert.deepEqual(statuses(results), ['applied', 'applied', 'applied']);
    assert.deepEqual(held, { ...empty, phone: '2 & <3>', im: 'kept', position: 'Lead' });
    assert.deepEqual(identity, before);
    assert.equal(writes().length, 1);
    assert.equal('userparam-im' in (writes()[0]?.form ?? {}), false);
  });

  test('a refused form is tried field by field', async () => {
    const held = { ...empty };
    const { session } = confluenceWith({ username: 'fred', fullName: 'F', email: 'f@x' }, held);
    const changes = [change('phone', null, 'refuse'), change('im', null, 'x')];
    const results = await writeFields(session, fred, changes, countingCall().call);
    assert.deepEqual(statuses(results), ['rejected', 'applied']);
    assert.equal(held.im, 'x');
  });

  const namesThatEncode = ['fred@acme.com', 'fred smith', 'fred+1', 'frëd', '100%', 'a&b=c'];
  for (const username of namesThatEncode) {
    test(`the redirect names ${username} encoded once or twice`, async () => {
      for (const times of [1, 2]) {
        const identity = { username, fullName: 'F', email: 'f@x' };
        const { session } = confluenceWith(identity, { ...empty }, times);
        const written = await writeFields(
          session,
          { ...fred, username },
          [change('im', null, 'x')],
          countingCall().call,
        );
        assert.deepEqual(statuses(written), ['applied']);
      }
    });
  }

  test('the redirect to somebody else is no success', async () => {
    const { session } = confluenceWith({ username: 'fred', fullName: 'F', email: 'f@x' }, { ...empty }, 1, 'frida');
    const written = await writeFields(session, fred, [change('im', null, 'x')], countingCall().call);
    assert.deepEqual(statuses(written), ['unknown']);
  });

  test('an account renamed while the form was turned away keeps its new name, and so do full name and mail', async () => {
    const identity = { username: 'fred', fullName: 'F', email: 'f@x' };
    const plain = confluenceWith(identity, { ...empty });
    let away = true;
    const { session } = signedIn((request) => {
      if (request.kind !== 'write' || !away) return plain.answer(request);
      away = false;
      Object.assign(identity, { username: 'frederic', fullName: 'Frederic', email: 'frederic@x' });
      return 'turnedAway';
    });
    const written = await writeFields(session, fred, [change('im', null, 'x')], countingCall().call);
    assert.deepEqual(statuses(written), ['applied']);
    assert.deepEqual(identity, { username: 'frederic', fullName: 'Frederic', email: 'frederic@x' });
  });

  test('a renamed account is opened by today’s name and keeps it', async () => {
    const identity = { username: 'frederic', fullName: 'F', email: 'f@x' };
    const { session } = confluenceWith(identity, { ...empty });
    await writeFields(session, fred, [change('im', null, 'x')], countingCall().call);
    assert.equal(identity.username, 'frederic');
  });

  test('a form of another account is never sent', async () => {
    const { session, writes } = signedIn(({ route }) =>
      route === '/rest/api/user'
        ? { status: 404 }
        : {
            status: 200,
            text: userFormPage('other', {
              username: 'fred',
              fullName: 'F',
              email: 'f@x',
              ...Object.fromEntries(Object.keys(empty).map((name) => [`userparam-${name}`, ''])),
            }),
          },
    );
    assert.equal(endedBy(await writeFields(session, fred, [change('im', null, 'x')], countingCall().call)), 'notFound');
    assert.equal(writes().length, 0);
  });

  test('nothing to write sends nothing', async () => {
    const { session, writes } = confluenceWith(
      { username: 'fred', fullName: 'F', email: 'f@x' },
      { ...empty, im: 'x' },
    );
    const results = await writeFields(session, fred, [change('im', null, 'x')], countingCall().call);
    assert.deepEqual(results, { results: [{ attribute: 'field:im', status: 'already' }], ended: null });
    assert.equal(writes().length, 0);
  });
});

test('fields and preferences of one account are written together, and neither for one that is inactive', async (t) => {
  const product = await openProduct('confluence', [{ username: 'ada' }], { remoteApi: true });
  const settings = { kind: 'confluence', url: product.url, auth: passwordAuth, remoteApi: true, readBack: 1 };
  const target = confluence.open(confluence.settings.parse(settings), deps);
  t.after(async () => {
    await target.close();
    await product.close();
  });
  const account = { key: product.find('ada').key, username: 'ada', email: null, active: true };
  const changes = [
    { attribute: 'field:phone', before: null, after: '+1' },
    { attribute: 'userProperty:Company', before: null, after: 'Acme' },
  ] as const;
  product.edit.activate('ada', false);
  assert.equal(endedBy(await target.applyChanges(account, changes, countingCall().call)), 'rejected');
  assert.deepEqual(product.find('ada').properties, {});
  product.edit.activate('ada', true);
  assert.deepEqual(
    (await target.applyChanges(account, changes, countingCall().call)).results.map(({ attribute, status }) => [
      attribute,
      status,
    ]),
    [
      ['field:phone', 'applied'],
      ['userProperty:Company', 'applied'],
    ],
  );
  assert.deepEqual(product.find('ada').properties, { phone: '+1', 'preference:Company': 'Acme' });
});
