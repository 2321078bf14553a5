import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { type Failure, isFailure } from '../../src/core/failure.ts';
import type { Change } from '../../src/core/profile.ts';
import { confluence } from '../../src/targets/confluence/index.ts';
import { jira } from '../../src/targets/jira/index.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import { countingCall } from './fixtures/product.ts';
import { passwordAuth as auth, deps, openProduct, type Person } from './fixtures/sandbox.ts';

const people = (count: number, nameOf: (n: number) => string): Person[] =>
  Array.from({ length: count }, (_, n) => ({
    key: `KEY${n}`,
    username: `user${n}`,
    displayName: nameOf(n),
    email: `${n}+"x"&y@example.com`,
  }));

const accountOf = ({ key = '', username }: Person): Account => ({ key, username, email: null, active: true });

/** What Temporal does with a failure that may pass: the same work again. */
const untilDone = async (target: Target, account: Account, changes: readonly Change[]) => {
  const { call, counts } = countingCall();
  const failures: Failure[] = [];
  for (;;) {
    const { results, ended } = await target.applyChanges(account, changes, call);
    if (ended === null) return { results, failures, counts };
    assert.ok(isFailure(ended) && ['unavailable', 'throttled'].includes(ended.kind), String(ended));
    failures.push(ended);
    assert.ok(failures.length < 50);
  }
};

/** Work in a few lanes, as a worker does. */
const inLanes = async <T>(work: readonly T[], lanes: number, one: (item: T) => Promise<void>): Promise<void> => {
  const queue = [...work];
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await one(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
};

test('sessions that end every 20 requests, waits short and long, one connection in ten lost: every change arrives', async (t: TestContext) => {
  const accounts = people(60, () => 'x');
  const product = await openProduct('jira', accounts, { requestsPerSession: 20 });
  t.after(product.close);
  const status = (code: number, headers: Record<string, string> = {}) =>
    ({ kind: 'status', status: code, headers, body: '<h1>Not now</h1>' }) as const;
  for (const [every, effect] of [
    [17, status(429, { 'retry-after': '0' })],
    [31, status(429, { 'retry-after': '9223372036854775807' })],
    [41, status(503)],
    [20, { kind: 'reset', when: 'before' }],
    [20, { kind: 'reset', when: 'after' }],
  ] as const) {
    product.faults.add({ path: '.*', after: 0, every, effect });
  }
  const target = jira.open(jira.settings.parse({ kind: 'jira', url: product.url, auth, readBack: 0 }), deps);
  let sent = 0;
  let logins = 0;
  const seen = new Set<string>();
  await inLanes(accounts, 4, async (person) => {
    const changes: Change[] = [
      { attribute: 'userProperty:Company', before: null, after: `of ${person.key}` },
      { attribute: 'userProperty:Manager', before: null, after: 'somebody' },
    ];
    const { results, failures, counts } = await untilDone(target, accountOf(person), changes);
    assert.ok(results.every(({ status }) => status === 'applied' || status === 'already'));
    for (const { kind, facts } of failures) seen.add(facts.waitMs === 3_600_000 ? 'longWait' : kind);
    sent += counts.login + counts.listing + counts.read + counts.write;
    logins += counts.login;
  });
  for (const { key = '', username } of accounts) {
    assert.deepEqual(product.find(username).properties, { Company: `of ${key}`, Manager: 'somebody' });
  }
  assert.equal(sent, product.requests());
  const taken = product.journal.entries().filter(({ note }) => note?.op !== undefined);
  assert.equal(taken.length, 120, 'no value is written twice');
  const signIns = product.journal.entries().filter(({ path }) => /login\.jsp|WebSudoAuthenticate/.test(path));
  assert.ok(signIns.filter(({ method, path }) => method === 'POST' && path === '/login.jsp').length >= 12);
  assert.ok(signIns.length <= logins);
  assert.deepEqual([...seen].sort(), ['longWait', 'unavailable']);
  await target.close();
});

test('over 500 accounts with hostile names no username, full name or mail changes', async (t: TestContext) => {
  const names = fc.sample(fc.string({ unit: 'grapheme', maxLength: 60 }), { numRuns: 500, seed: 7 });
  const accounts = people(500, (n) => `${names[n] ?? ''}&amp;"'<b>\u202e`).map((person, n) => ({
    ...person,
    directory: n % 5 === 0 ? ('readOnly' as const) : ('internal' as const),
  }));
  const product = await openProduct('confluence', accounts);
  t.after(product.close);
  const identities = () =>
    product.store().accounts.map(({ key, username, displayName, email }) => [key, username, displayName, email]);
  const earlier = identities();
  const target = confluence.open(confluence.settings.parse({ kind: 'confluence', url: product.url, auth }), deps);
  const locationOf = (name = '') => name.slice(0, 250).trim();
  await inLanes(accounts, 4, async (person) => {
    const changes: Change[] = [{ attribute: 'field:location', before: null, after: locationOf(person.displayName) }];
    const { results } = await target.applyChanges(accountOf(person), changes, countingCall().call);
    assert.deepEqual(results, [{ attribute: 'field:location', status: 'applied' }]);
  });
  assert.deepEqual(identities(), earlier);
  for (const { username, displayName } of accounts) {
    assert.deepEqual(product.find(username).properties, { location: locationOf(displayName) });
  }
  await target.close();
});
