import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openProduct } from '../targets/fixtures/sandbox.ts';

const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
const admin = basic('svc-attune', 'Right & wörd+1%');

describe('the remote API of the Confluence stand-in', () => {
  let product: Awaited<ReturnType<typeof openProduct>>;
  before(async () => {
    const options = { remoteApi: true, webSudo: false, logins: { ada: 'secret' } };
    product = await openProduct('confluence', [{ username: 'ada' }, { username: 'bob' }], options);
  });
  after(() => product.close());

  const call = async (method: string, body: unknown, authorization = admin, type = 'application/json') => {
    const answer = await fetch(`${product.url}/rpc/json-rpc/confluenceservice-v2/${method}`, {
      method: 'POST',
      headers: { authorization, 'content-type': type },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith('<') || !/^[{"tn]/.test(text) ? text : JSON.parse(text) };
  };
  const refused = async (...request: Parameters<typeof call>) =>
    Reflect.has(Object((await call(...request)).body), 'error');

  it('keeps a preference as it was sent, apart from the fields of the profile', async () => {
    assert.equal((await call('getUserPreferenceString', ['ada', 'phone'])).body, null);
    assert.equal((await call('setUserPreferenceString', ['ada', 'phone', '<b>"&\n'])).body, true);
    assert.equal((await call('getUserPreferenceString', ['ada', 'phone'])).body, '<b>"&\n');
    assert.equal(product.find('ada').properties.phone, undefined);
  });

  it('refuses what the product cannot keep, whom it does not know, and who may not', async () => {
    assert.equal(await refused('setUserPreferenceString', ['ada', 'k', 'x'.repeat(256)]), true);
    assert.equal(await refused('setUserPreferenceString', ['ada', 'k'.repeat(201), 'x']), true);
    assert.equal(await refused('setUserPreferenceString', ['nobody', 'k', 'x']), true);
    assert.equal(await refused('setUserPreferenceString', { username: 'ada' }), true);
    assert.equal(await refused('deleteUserPreferenceString', ['ada', 'k']), true);
    assert.equal(await refused('getUserPreferenceString', ['bob', 'k'], basic('ada', 'secret')), true);
    assert.equal((await call('getUserPreferenceString', ['ada', 'k'], admin, 'text/plain')).status, 415);
  });

  it('wants an administrator’s session for anybody but oneself, and says so by an exception', async () => {
    product.configure({ webSudo: true });
    const { status, body } = await call('getUserPreferenceString', ['ada', 'k']);
    assert.equal(status, 200);
    assert.match(JSON.stringify(body), /"error":.*WebSudoRequiredException/);
    assert.equal(await refused('setUserPreferenceString', ['ada', 'k', 'x']), true);
    assert.equal(await refused('setUserPreferenceString', ['ada', 'k', 'x'], basic('ada', 'secret')), false);
    product.configure({ webSudo: false });
  });

  it('is not there until it is switched on', async () => {
    product.configure({ remoteApi: false });
    assert.equal((await call('getUserPreferenceString', ['ada', 'k'])).status, 403);
    product.configure({ remoteApi: true });
  });
});
