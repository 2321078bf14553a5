import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Failure, isFailure } from '../../src/core/failure.ts';
import type { Change, ChangeResult } from '../../src/core/profile.ts';
import { confluence } from '../../src/targets/confluence/index.ts';
import { jira } from '../../src/targets/jira/index.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import { miniConfluence } from './fixtures/mini-confluence.ts';
import { miniJira } from './fixtures/mini-jira.ts';
import type { Fault, MiniAccount } from './fixtures/mini-product.ts';
import { countingCall } from './fixtures/product.ts';

const auth = { username: 'svc-attune', password: { env: 'ATTUNE_SECRET_MINI' } };
const deps = { secret: () => Promise.resolve('right') };

const people = (count: number, nameOf: (n: number) => string): MiniAccount[] =>
  Array.from({ length: count }, (_, n) => ({
    key: `KEY${n}`,
    username: `user${n}`,
    fullName: nameOf(n),
    email: `${n}+"x"&y@example.com`,
    held: {},
  }));

const accountOf = ({ key, username }: MiniAccount): Account => ({ key, username, email: null, active: true });

/** What Temporal does with a failure that may pass: the same work again. */
const untilDone = async (target: Target, account: Account, changes: readonly Change[]) => {
  const { call, counts } = countingCall();
  const failures: Failure[] = [];
  for (;;) {
    try {
      const results: readonly ChangeResult[] = await target.applyChanges(account, changes, call);
      return { results, failures, counts };
    } catch (error) {
      assert.ok(isFailure(error) && ['unavailable', 'throttled'].includes(error.kind), String(error));
      failures.push(error);
      assert.ok(failures.length < 50);
    }
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

test('sessions that end every 20 requests, waits short and long, one connection in ten lost: every change arrives', async () => {
  const accounts = people(60, () => 'x');
  const fault = (n: number): Fault | null => {
    if (n % 20 === 0) return 'expire';
    if (n % 17 === 0) return { status: 429, headers: { 'retry-after': '0' } };
    if (n % 31 === 0) return { status: 429, headers: { 'retry-after': '9223372036854775807' } };
    if (n % 41 === 0) return { status: 503, text: '<h1>Maintenance</h1>' };
    if (n % 10 === 0) return 'breakBefore';
    return n % 13 === 0 ? 'breakAfter' : null;
  };
  const product = await miniJira(accounts, new Map(), { fault });
  const target = jira.open(jira.settings.parse({ kind: 'jira', url: product.url, auth, readBack: 0 }), deps);
  let sent = 0;
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
  });
  for (const { key, held } of accounts) assert.deepEqual(held, { Company: `of ${key}`, Manager: 'somebody' });
  assert.equal(sent, product.requests());
  assert.deepEqual([...seen].sort(), ['longWait', 'unavailable']);
  await target.close();
  await product.close();
});

test('over 500 accounts with hostile names no username, full name or mail changes', async () => {
  const names = fc.sample(fc.string({ unit: 'grapheme', maxLength: 60 }), { numRuns: 500, seed: 7 });
  const accounts = people(500, (n) => `${names[n] ?? ''}&amp;"'<b>\u202e`);
  const identities = () => accounts.map(({ key, username, fullName, email }) => [key, username, fullName, email]);
  const earlier = identities();
  const product = await miniConfluence(accounts);
  const target = confluence.open(confluence.settings.parse({ kind: 'confluence', url: product.url, auth }), deps);
  await inLanes(accounts, 4, async (person) => {
    const changes: Change[] = [{ attribute: 'field:location', before: null, after: person.fullName.slice(0, 250) }];
    const results = await target.applyChanges(accountOf(person), changes, countingCall().call);
    assert.deepEqual(results, [{ attribute: 'field:location', status: 'applied' }]);
  });
  assert.deepEqual(identities(), earlier);
  for (const { held, fullName } of accounts) assert.deepEqual(held, { location: fullName.slice(0, 250) });
  await target.close();
  await product.close();
});
