import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountsPage, findAccounts } from '../../../src/targets/confluence/accounts.ts';
import { countingCall } from '../fixtures/product.ts';
import { type Reply, signedIn } from '../fixtures/session.ts';

const user = (n: number, status = 'current') => ({ username: `u${n}`, userKey: `k${n}`, status });
const json = (body: unknown): Reply => ({ status: 200, text: JSON.stringify(body) });

test('pages everybody, disabled people too, until the product names no next page', async () => {
  const { session, asked } = signedIn(({ query }) =>
    query?.start === '0'
      ? json({ results: [user(1), user(2, 'deactivated')], size: 2, _links: { next: '/rest/api/user/list?start=2' } })
      : json({ results: [user(3)], size: 1, _links: {} }),
  );
  const first = await accountsPage(session, null, countingCall().call);
  assert.deepEqual(
    first.accounts.map(({ key, active, email }) => [key, active, email]),
    [
      ['k1', true, null],
      ['k2', false, null],
    ],
  );
  const second = await accountsPage(session, first.next, countingCall().call);
  assert.equal(second.next, null);
  assert.deepEqual(
    asked.map(({ query }) => query?.start),
    ['0', '2'],
  );
});

test('a page that promises more and holds nobody is no end', async () => {
  const { session } = signedIn(() => json({ results: [], size: 0, _links: { next: 'x' } }));
  await assert.rejects(accountsPage(session, null, countingCall().call), { kind: 'wrongShape' });
});

test('without a list pages the members of every group', async () => {
  const groups: Record<string, ReturnType<typeof user>[]> = {
    users: Array.from({ length: 250 }, (_, n) => user(n)),
    'a/b & c': [user(1), user(900)],
  };
  const { session } = signedIn(({ route, params, query }) => {
    const start = Number(query?.start);
    if (route === '/rest/api/user/list') return { status: 404 };
    if (route === '/rest/api/group') {
      const results = [...Object.keys(groups), 'gone'].map((name) => ({ name })).slice(start, start + 2);
      return json({ results, _links: start + 2 < 3 ? { next: 'x' } : {} });
    }
    const members = groups[params?.group ?? ''];
    if (members === undefined) return { status: 404 };
    return json({
      results: members.slice(start, start + 200),
      _links: start + 200 < members.length ? { next: 'x' } : {},
    });
  });
  const keys: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof accountsPage>> = await accountsPage(session, cursor, countingCall().call);
    keys.push(...page.accounts.map(({ key }) => key));
    cursor = page.next;
  } while (cursor !== null);
  assert.equal(keys.length, 252);
  assert.equal(new Set(keys).size, 251);
});

test('finds by username exactly; nobody can be found by mail', async () => {
  const { session } = signedIn(({ query }) => (query?.username === 'U1' ? json(user(1)) : { status: 404 }));
  assert.equal((await findAccounts(session, { by: 'username', value: 'U1' }, countingCall().call)).length, 1);
  assert.deepEqual(await findAccounts(session, { by: 'username', value: 'u9' }, countingCall().call), []);
  await assert.rejects(findAccounts(session, { by: 'email', value: 'a@x' }, countingCall().call), { kind: 'config' });
});
