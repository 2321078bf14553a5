import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { z } from 'zod';
import { sandboxSecrets } from '../../sandbox/document.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { openBrowser } from './browser.ts';

const password = sandboxSecrets.ATTUNE_SECRET_JIRA;
const noCheck = { 'x-atlassian-token': 'no-check' };
const page = '/secure/admin/user/EditUserProperties.jspa?name=former.employee';
const add = '/secure/admin/user/EditUserProperties!add.jspa';
const update = '/secure/admin/user/EditUserProperty!update.jspa';
const remove = '/secure/admin/user/DeleteUserProperty.jspa';
const users = z.object({
  values: z.array(z.looseObject({ key: z.string() })),
  isLast: z.boolean(),
  nextCursor: z.string().optional(),
});

describe('the Jira stand-in', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let browser: ReturnType<typeof openBrowser>;
  before(async () => {
    sandbox = await startSandbox({ users: 200 });
  });
  after(() => sandbox.close());
  beforeEach(async () => {
    browser = openBrowser(sandbox.urls.jira);
    await configure({ profile: '10', webSudo: true, basic: undefined });
  });

  const configure = (options: object) =>
    fetch(`${sandbox.urls.control}/options/jira`, { method: 'POST', body: JSON.stringify(options) });
  const logIn = (given = password) => browser.post('/login.jsp', { os_username: 'svc-attune', os_password: given });
  const raise = () => browser.post('/secure/admin/WebSudoAuthenticate.jspa', { webSudoPassword: password }, noCheck);
  const asAdmin = async () => {
    await logIn();
    await raise();
  };
  const property = (action: string, form: object) =>
    browser.post(action, { name: 'former.employee', ...form }, noCheck);
  const isRefused = async (answer: Response) => {
    assert.equal(answer.status, 200, 'a refused form comes back as a page');
    assert.match(await answer.text(), /class="error"/);
  };

  it('shows nobody an administration page without a login, and no administrator one without the password page', async () => {
    const anonymous = await browser.get(page);
    assert.equal(anonymous.status, 302);
    assert.match(anonymous.headers.get('location') ?? '', /^\/login\.jsp\?permissionViolation=true/);
    await logIn();
    const before = await browser.get(page);
    assert.equal(before.status, 200);
    assert.match(await before.text(), /name="webSudoPassword"/);
    const old = browser.cookie('JSESSIONID');
    const raised = await raise();
    assert.equal(raised.headers.get('x-atlassian-websudo'), 'Has-Authentication');
    assert.notEqual(browser.cookie('JSESSIONID'), old, 'raising gives a new session');
    assert.match(await (await browser.get(page)).text(), /id="edit_Company"/);
  });

  it('forgets a secure session after ten minutes without a request, and not before', async () => {
    await asAdmin();
    const later = (minutes: number) =>
      fetch(`${sandbox.urls.control}/clock/advance`, {
        method: 'POST',
        body: JSON.stringify({ milliseconds: minutes * 60_000 }),
      });
    await later(9);
    assert.match(await (await browser.get(page)).text(), /edit_Company/);
    await later(9);
    assert.match(await (await browser.get(page)).text(), /edit_Company/, 'each request renews it');
    await later(11);
    assert.match(await (await browser.get(page)).text(), /webSudoPassword/);
  });

  it('refuses a form without XSRF token, and takes one with the token of the cookie', async () => {
    await asAdmin();
    const form = { name: 'former.employee', key: 'Token', value: 'x' };
    assert.match(await (await browser.post(add, form)).text(), /XSRF Security Token Missing/);
    const atl_token = browser.cookie('atlassian.xsrf.token');
    assert.equal((await browser.post(add, { ...form, atl_token })).status, 302);
    assert.equal((await property(remove, { key: 'Token', confirm: 'true' })).status, 302);
  });

  it('adds only what is not there, updates only what is, and deletes only when confirmed', async () => {
    await asAdmin();
    await isRefused(await property(add, { key: 'Company', value: 'x' }));
    await isRefused(await property(update, { key: 'Nothing', value: 'x' }));
    for (const key of ['', 'with.dot', 'with_line', 'k'.repeat(201)])
      await isRefused(await property(add, { key, value: 'x' }));
    for (const value of ['', '  ', 'v'.repeat(251)]) await isRefused(await property(add, { key: 'Long', value }));
    await isRefused(await property(remove, { key: 'Company' }));
    const added = await property(add, { key: 'Note', value: '<b>"&\' 🚀' });
    assert.match(added.headers.get('location') ?? '', /^EditUserProperties\.jspa\?name=former\.employee$/);
    assert.match(await (await browser.get(page)).text(), /<td>&lt;b&gt;&quot;&amp;&#39; 🚀<\/td>/);
    assert.equal((await property(remove, { key: 'Note', confirm: 'true' })).status, 302);
    assert.equal((await property(remove, { key: 'Note', confirm: 'true' })).status, 302, 'an absent key is no error');
  });

  it('lets a plain administrator get nowhere near a system administrator', async () => {
    await asAdmin();
    assert.equal((await browser.get('/secure/admin/user/EditUserProperties.jspa?name=root')).status, 302);
    const written = await browser.post(add, { name: 'root', key: 'A', value: 'b' }, noCheck);
    assert.match(written.headers.get('location') ?? '', /login\.jsp/);
  });

  it('asks for a picture puzzle after three wrong passwords, even of whoever knows the right one', async () => {
    const other = await startSandbox({ users: 100 });
    browser = openBrowser(other.urls.jira);
    for (let n = 0; n < 3; n += 1) {
      assert.equal((await logIn('wrong')).headers.get('x-seraph-loginreason'), 'AUTHENTICATED_FAILED');
    }
    const right = await logIn();
    assert.equal(right.headers.get('x-seraph-loginreason'), 'AUTHENTICATION_DENIED');
    assert.match(await right.text(), /os_captcha/);
    await other.close();
  });

  it('treats a token it does not know as nobody, and a known one as good for REST alone', async () => {
    await configure({ tokens: { good: 'svc-attune' } });
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    assert.equal((await browser.get('/rest/api/2/myself', bearer('good'))).status, 200);
    assert.match(await (await browser.get(page, bearer('good'))).text(), /webSudoPassword/);
    assert.equal(browser.cookie('JSESSIONID'), undefined, 'a token keeps no session');
    const bad = await browser.get('/rest/api/2/mypermissions', bearer('bad'));
    assert.deepEqual([bad.status, bad.headers.get('x-ausername')], [200, 'anonymous']);
    assert.equal((await browser.get('/rest/api/2/myself', bearer('bad'))).status, 401);
  });

  it('has Basic off and the newer login on its newest generation', async () => {
    await configure({ profile: '11' });
    const basic = { authorization: `Basic ${Buffer.from(`svc-attune:${password}`).toString('base64')}` };
    const refused = await browser.get('/rest/api/2/myself', basic);
    assert.equal(refused.status, 403);
    assert.match(await refused.text(), /Basic Authentication has been disabled/);
    assert.equal((await logIn()).status, 200, 'the classic form is not looked at');
    assert.equal((await browser.get('/rest/api/2/myself')).status, 401);
    const answer = await browser.json('/rest/tsv/1.0/authenticate', { username: 'svc-attune', password });
    assert.equal(answer.status, 200);
    assert.equal((await browser.get('/rest/api/2/myself')).status, 200);
  });

  it('lists everybody once by cursor where the generation can, and 404 where it cannot; the search is capped', async () => {
    await logIn();
    const keys: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const answer = await browser.get(`/rest/api/2/user/list?maxResults=50&cursor=${cursor}`);
      const part: z.infer<typeof users> = users.parse(await answer.json());
      keys.push(...part.values.map(({ key }) => key));
      cursor = part.isLast ? undefined : part.nextCursor;
    }
    assert.equal(new Set(keys).size, keys.length);
    assert.ok(keys.length > 150);
    const found = await browser.get(
      '/rest/api/2/user/search?username=.&maxResults=1000&startAt=90&includeInactive=true',
    );
    assert.equal(z.array(z.unknown()).parse(await found.json()).length, 10, 'only the first 100 in total');
    await configure({ profile: 'old' });
    assert.equal((await browser.get('/rest/api/2/user/list')).status, 404);
  });

  it('keeps entity properties apart: 201 makes, 200 changes, and neither JSON nor size is forgiven', async () => {
    await logIn();
    const put = (key: string, body: string, type = 'application/json') =>
      browser.send('PUT', `/rest/api/2/user/properties/${key}?userKey=former.employee`, body, { 'content-type': type });
    assert.deepEqual([(await put('a', '"x"')).status, (await put('a', '"y"')).status], [201, 200]);
    assert.equal((await put('a', 'x')).status, 400);
    assert.equal((await put('a', '"x"', 'text/plain')).status, 415);
    assert.equal((await put('a', JSON.stringify('v'.repeat(32_767)))).status, 400);
    assert.equal((await put('k'.repeat(256), '"x"')).status, 400);
    assert.equal((await browser.get('/rest/api/2/user/properties')).status, 400);
    assert.equal((await browser.get('/rest/api/2/user/properties/none?userKey=former.employee')).status, 404);
    await raise();
    assert.doesNotMatch(await (await browser.get(page)).text(), /edit_a"/);
  });

  it('limits the rate by a bucket, tells it in headers, and answers JSON only to those who want it', async () => {
    await configure({ rateLimit: { limit: 3, fillRate: 1, intervalSeconds: 60 } });
    await logIn();
    const last = await browser.get('/rest/api/2/myself');
    assert.equal(last.headers.get('x-ratelimit-limit'), '3');
    await browser.get('/rest/api/2/myself');
    await browser.get('/rest/api/2/myself');
    const json = await browser.get('/rest/api/2/myself', { accept: 'application/json' });
    assert.deepEqual([json.status, json.headers.get('content-type')], [429, 'application/json']);
    assert.ok(Number(json.headers.get('retry-after')) > 0);
    assert.match(
      (await browser.get('/rest/api/2/myself', { accept: '*/*' })).headers.get('content-type') ?? '',
      /html/,
    );
    await configure({ rateLimit: undefined });
  });
});
