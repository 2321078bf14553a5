import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { z } from 'zod';
import { startSandbox } from '../../sandbox/start.ts';

const path = '/rest/api/2/serverInfo';
const journal = z.object({
  counts: z.record(z.string(), z.number()),
  entries: z.array(z.looseObject({ path: z.string(), status: z.int() })),
});

describe("the sandbox's control", () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  before(async () => {
    sandbox = await startSandbox({ users: 100 });
  });
  after(() => sandbox.close());
  afterEach(() => control('DELETE', '/faults'));

  const control = (method: string, where: string, body?: object) =>
    fetch(new URL(where, sandbox.urls.control), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const fault = (effect: object, more: object = {}) => control('POST', '/faults', { service: 'jira', effect, ...more });
  const ask = () => fetch(new URL(path, sandbox.urls.jira), { redirect: 'manual' });

  it('answers in the place of a service: status, maintenance, a page, a redirect', async () => {
    await fault({ kind: 'status', status: 429, headers: { 'retry-after': '0.5' }, body: 'slow' }, { count: 1 });
    const limited = await ask();
    assert.deepEqual([limited.status, limited.headers.get('retry-after'), await limited.text()], [429, '0.5', 'slow']);
    await fault({ kind: 'maintenance' }, { count: 1 });
    assert.equal((await ask()).status, 503);
    await fault({ kind: 'html' }, { count: 1 });
    assert.match((await ask()).headers.get('content-type') ?? '', /html/);
    await fault({ kind: 'redirect', location: 'https://elsewhere.example/' }, { count: 1 });
    assert.equal((await ask()).headers.get('location'), 'https://elsewhere.example/');
    assert.equal((await ask()).status, 200, 'each was for one request');
  });

  it('cuts connections and answers, and the journal tells a cut one as 0', async () => {
    await control('DELETE', '/journal');
    for (const effect of [
      { kind: 'reset', when: 'before' },
      { kind: 'reset', when: 'after' },
    ]) {
      await fault(effect, { count: 1 });
      await assert.rejects(ask());
    }
    const { entries } = journal.parse(await (await control('GET', '/journal?service=jira')).json());
    assert.deepEqual(
      entries.map(({ status }) => status),
      [0, 0],
    );
    await fault({ kind: 'truncated' }, { count: 1 });
    await assert.rejects((await ask()).json(), SyntaxError);
    await fault({ kind: 'slowBody', milliseconds: 20 }, { count: 1 });
    assert.ok((await ask()).ok);
    await fault({ kind: 'delay', milliseconds: 20 }, { count: 1 });
    assert.ok((await ask()).ok);
  });

  it('meets every so manieth request, after some, on some paths', async () => {
    await fault({ kind: 'status', status: 500 }, { path: 'serverInfo', after: 1, every: 2 });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await ask()).status);
    assert.deepEqual(statuses, [200, 200, 500, 200, 500]);
    assert.equal((await fetch(new URL('/login.jsp', sandbox.urls.jira))).status, 200);
  });

  it('changes accounts behind everybody, and refuses what it does not know', async () => {
    const account = { username: 'new.one', key: 'JIRAUSER9', displayName: 'New One', email: 'new@acme.example' };
    assert.equal((await control('POST', '/accounts/jira', { add: account })).status, 200);
    await control('POST', '/accounts/jira', { set: 'new.one', attribute: 'Company', value: 'X' });
    await control('POST', '/accounts/jira', { rename: 'new.one', to: 'newer.one' });
    const store = z.object({
      accounts: z.array(z.looseObject({ username: z.string(), key: z.string(), properties: z.unknown() })),
    });
    const { accounts } = store.parse(await (await control('GET', '/stores/jira')).json());
    const found = accounts.find(({ key }) => key === 'JIRAUSER9');
    assert.deepEqual([found?.username, found?.properties], ['newer.one', { Company: 'X' }]);
    assert.equal((await control('POST', '/accounts/jira', { remove: 'nobody' })).status, 400);
    assert.equal((await control('POST', '/faults', { effect: { kind: 'unknown' } })).status, 400);
    assert.equal((await control('GET', '/nothing')).status, 404);
  });

  it('makes the same world of the same seed, and another of another', async () => {
    const world = async (seed: number) => {
      const one = await startSandbox({ users: 100, seed });
      const text = await (await fetch(`${one.urls.control}/stores/entra`)).text();
      await one.close();
      return text;
    };
    assert.equal(await world(7), await world(7));
    assert.notEqual(await world(7), await world(8));
  });
});
