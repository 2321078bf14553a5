import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { z } from 'zod';
import { sandboxSecrets } from '../../sandbox/document.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { openBrowser } from './browser.ts';

const password = sandboxSecrets.ATTUNE_SECRET_WIKI;
const noCheck = { 'x-atlassian-token': 'no-check' };
const store = z.object({
  accounts: z.array(
    z.looseObject({
      username: z.string(),
      key: z.string(),
      displayName: z.string(),
      email: z.string().nullable(),
      directory: z.string(),
      properties: z.record(z.string(), z.string()),
    }),
  ),
});
const list = z.object({
  results: z.array(z.looseObject({ userKey: z.string() })),
  _links: z.looseObject({ next: z.string().optional() }),
});

describe('the Confluence stand-in', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let browser: ReturnType<typeof openBrowser>;
  before(async () => {
    sandbox = await startSandbox({ users: 250 });
  });
  after(() => sandbox.close());
  beforeEach(() => {
    browser = openBrowser(sandbox.urls.confluence);
  });

  const logIn = () => browser.post('/dologin.action', { os_username: 'svc-attune', os_password: password });
  const raise = () => browser.post('/doauthenticate.action', { password, authenticate: 'Confirm' }, noCheck);
  const asAdmin = async () => {
    await logIn();
    await raise();
  };
  const accounts = async () =>
    store.parse(await (await fetch(`${sandbox.urls.control}/stores/confluence`)).json()).accounts;
  const one = async (directory: string) =>
    (await accounts()).find(
      (account) => account.directory === directory && account.email !== null && account.username.includes('.'),
    ) ?? assert.fail();
  const byKey = async (key: string) => (await accounts()).find((account) => account.key === key) ?? assert.fail();
  const edit = (key: string, form: object, headers: Record<string, string> = noCheck) =>
    browser.post(
      `/admin/users/doedituser.action?userKey=${encodeURIComponent(key)}`,
      { ...form, confirm: 'Submit' },
      headers,
    );
  const formOf = (username: string) => `/admin/users/edituser.action?username=${encodeURIComponent(username)}`;

  it('redirects to the password page until the session is raised, which changes the session', async () => {
    const { username } = await one('internal');
    assert.match((await browser.get(formOf(username))).headers.get('location') ?? '', /^\/login\.action/);
    await logIn();
    const asked = await browser.get(formOf(username));
    assert.equal(asked.status, 302);
    assert.match(asked.headers.get('location') ?? '', /^\/authenticate\.action\?destination=/);
    const old = browser.cookie('JSESSIONID');
    assert.equal((await raise()).headers.get('x-atlassian-websudo'), 'Has-Authentication');
    assert.notEqual(browser.cookie('JSESSIONID'), old);
    assert.match(await (await browser.get(formOf(username))).text(), /name="editUser"/);
  });

  it('renames and overwrites with whatever it is sent, where the directory is writable', async () => {
    await asAdmin();
    const before = await one('internal');
    const answer = await edit(before.key, { username: 'another.name', fullName: 'Another', email: 'a@b.example' });
    assert.match(answer.headers.get('location') ?? '', /viewuser\.action\?username=another\.name$/);
    const after = await byKey(before.key);
    assert.deepEqual([after.username, after.displayName, after.email], ['another.name', 'Another', 'a@b.example']);
  });

  it('wants name and mail there, a free username, and refuses with a page', async () => {
    await asAdmin();
    const { key, username, displayName: fullName, email } = await one('internal');
    for (const form of [
      { username, email },
      { username, fullName },
      { username, fullName, email: 'no mail' },
      { username: 'svc-attune', fullName, email },
    ]) {
      const answer = await edit(key, form);
      assert.equal(answer.status, 200);
      assert.match(await answer.text(), /class="[^"]*error/);
    }
  });

  it('ignores name and mail of a read-only directory, and stores the fields all the same', async () => {
    await asAdmin();
    const before = await one('readOnly');
    await edit(before.key, { username: 'x', fullName: 'y', email: 'z', 'userparam-phone': '+49' });
    const after = await byKey(before.key);
    assert.deepEqual({ ...after, properties: {} }, { ...before, properties: {} });
    assert.equal(after.properties.phone, '+49');
  });

  it('sets a field, removes a blank one, and leaves one that is not sent', async () => {
    await asAdmin();
    const { key, username, displayName: fullName, email } = await one('internal');
    const identity = { username, fullName, email };
    const hostile = `"><script>'&amp; 🚀 שלום`;
    await edit(key, { ...identity, 'userparam-im': hostile, 'userparam-phone': '1' });
    await edit(key, { ...identity, 'userparam-phone': '' });
    const { properties } = await byKey(key);
    assert.deepEqual([properties.im, properties.phone], [hostile, undefined]);
    const page = await (await browser.get(formOf(username))).text();
    assert.ok(page.includes('value="&quot;&gt;&lt;script&gt;&#39;&amp;amp; 🚀 שלום"'));
    assert.equal((await edit(key, { ...identity, 'userparam-im': 'v'.repeat(256) })).status, 500);
  });

  it('refuses a form without XSRF token, and the page of a system administrator', async () => {
    await asAdmin();
    const { key, username } = await one('readOnly');
    const noToken = await edit(key, { username, 'userparam-phone': '2' }, {});
    assert.equal(noToken.status, 200);
    assert.match(await noToken.text(), /XSRF Security Token Missing/);
    assert.equal((await browser.get(formOf('root'))).headers.get('location'), '/notpermitted.action');
    assert.equal((await edit('root', { username: 'root' })).headers.get('location'), '/notpermitted.action');
  });

  it('tells who is not signed in with status 200, and no mail in any listing', async () => {
    const nobody = await browser.get('/rest/api/user/current');
    assert.equal(nobody.headers.get('x-ausername'), 'anonymous');
    assert.equal(z.looseObject({ type: z.string() }).parse(await nobody.json()).type, 'anonymous');
    await logIn();
    const keys: string[] = [];
    for (let next: string | undefined = '/rest/api/user/list?limit=100&expand=status'; next !== undefined; ) {
      const text = await (await browser.get(next)).text();
      assert.doesNotMatch(text, /@acme\.example"/);
      const part: z.infer<typeof list> = list.parse(JSON.parse(text));
      keys.push(...part.results.map(({ userKey }) => userKey));
      next = part._links.next;
    }
    assert.equal(new Set(keys).size, keys.length);
    assert.deepEqual(new Set(keys), new Set((await accounts()).map(({ key }) => key)));
  });
});
