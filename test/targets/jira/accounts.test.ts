import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProductRequest } from '../../../src/targets/atlassian/connection.ts';
import type { Session } from '../../../src/targets/atlassian/sign-in/session.ts';
import { accountsPage, findAccounts } from '../../../src/targets/jira/accounts.ts';
import { countingCall } from '../fixtures/product.ts';
import { type Reply, signedIn } from '../fixtures/session.ts';

const user = (n: number, more: object = {}) => ({
  key: `JIRAUSER${n}`,
  name: `u${n}`,
  emailAddress: `u${n}@x`,
  active: true,
  ...more,
});
const json = (body: unknown): Reply => ({ status: 200, text: JSON.stringify(body) });

const all = async (session: Session): Promise<string[]> => {
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof accountsPage>> = await accountsPage(session, cursor, countingCall().call);
    names.push(...page.accounts.map(({ username }) => username));
    cursor = page.next;
  } while (cursor !== null);
  return names;
};

describe('listing everybody in Jira', () => {
  test('follows the cursor of /user/list to its own end; deleted accounts are nobody’s', async () => {
    const { session, asked } = signedIn(({ query }) =>
      query?.cursor === undefined
        ? json({ values: [user(1), user(2, { deleted: true })], isLast: false, nextCursor: 'c2' })
        : json({ values: [user(3, { active: false, emailAddress: null })], isLast: true }),
    );
    assert.deepEqual(await all(session), ['u1', 'u3']);
    assert.deepEqual(
      asked.map(({ query }) => query?.cursor),
      [undefined, 'c2'],
    );
  });

  test('without /user/list pages the members of the groups that grant Jira', async () => {
    const members: Record<string, ReturnType<typeof user>[]> = {
      admins: [user(1)],
      users: Array.from({ length: 70 }, (_, n) => user(n)),
    };
    const { session } = signedIn(({ route, query = {} }: ProductRequest) => {
      if (route.endsWith('/user/list')) return { status: 404 };
      if (route.endsWith('/applicationrole'))
        return json([{ groups: ['users', 'gone'] }, { groups: ['admins', 'users'] }]);
      const group = members[query.groupname ?? ''];
      if (group === undefined) return { status: 404 };
      const startAt = Number(query.startAt);
      assert.equal(query.includeInactiveUsers, 'true');
      return json({ values: group.slice(startAt, startAt + 50), isLast: startAt + 50 >= group.length });
    });
    const names = await all(session);
    assert.equal(names.length, 71);
    assert.equal(new Set(names).size, 70);
  });

  test('a page that promises more and gives no place, or nobody, is no end', async () => {
    const noCursor = signedIn(() => json({ values: [user(1)], isLast: false }));
    await assert.rejects(all(noCursor.session), { kind: 'wrongShape' });
    const nobody = signedIn(() => json({ values: [], isLast: false }));
    await assert.rejects(
      accountsPage(nobody.session, JSON.stringify({ groups: ['g'], startAt: 0 }), countingCall().call),
      {
        kind: 'wrongShape',
      },
    );
  });

  test('a place that is not ours is refused', async () => {
    const { session } = signedIn(() => json({}));
    await assert.rejects(accountsPage(session, 'x', countingCall().call), { kind: 'cursorExpired' });
  });
});

describe('finding one account in Jira', () => {
  test('by username exactly, without regard to case', async () => {
    const { session } = signedIn(({ query }) => (query?.username === 'U1' ? json(user(1)) : { status: 404 }));
    assert.deepEqual(
      (await findAccounts(session, { by: 'username', value: ' U1 ' }, countingCall().call)).map(({ key }) => key),
      ['JIRAUSER1'],
    );
    assert.deepEqual(await findAccounts(session, { by: 'username', value: 'u2' }, countingCall().call), []);
  });

  test('by mail only whole addresses count, and all of them', async () => {
    const { session } = signedIn(() =>
      json([user(1, { emailAddress: 'A@x' }), user(2, { emailAddress: 'aa@x' }), user(3, { emailAddress: 'a@X' })]),
    );
    const found = await findAccounts(session, { by: 'email', value: 'a@x' }, countingCall().call);
    assert.deepEqual(
      found.map(({ username }) => username),
      ['u1', 'u3'],
    );
  });

  test('an empty key asks nothing and finds nobody', async () => {
    const { session, asked } = signedIn(() => json([]));
    assert.deepEqual(await findAccounts(session, { by: 'email', value: ' ' }, countingCall().call), []);
    assert.equal(asked.length, 0);
  });

  test('another shape names the route and the place, not the value', async () => {
    const { session } = signedIn(() => json({ ...user(1), active: 'secret' }));
    await assert.rejects(
      findAccounts(session, { by: 'username', value: 'u1' }, countingCall().call),
      (error: Error) => /GET \/rest\/api\/2\/user.*active/.test(error.message) && !/secret|u1/.test(error.message),
    );
  });
});
