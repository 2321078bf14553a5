import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { keepLeavers } from '../../src/core/people/leavers.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import type { OpenConnector } from '../../src/engine/open/connector.ts';
import { explainUser } from '../../src/engine/questions/explain.ts';
import { linkByHand, unlinkByHand } from '../../src/ledger/links/manual-links.ts';
import { listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';
import { startCall } from '../sources/fixtures.ts';

const account = (username: string): Account => ({ key: `key-${username}`, username, email: null, active: true });
const accounts = ['ada', 'bob', 'cyd', 'dan'].map(account);
const jira = memoryTarget(accounts);
const people = new Map<string, SourceUser>();
const person = (id: string, login: string, title: string, alias = ''): void => {
  people.set(id, { id, attributes: { login, alias, title } });
};
const byLogin = titleMapping(['jira']);
const byAlias = titleMapping(['jira'], 'alias');

const database = await freshDatabase();
const { ledger } = database;
const connector: Omit<OpenConnector, 'version' | 'mapping'> & { mapping: OpenConnector['mapping'] } = {
  id: 'acme',
  source: memorySource(people, 10).source,
  targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
  mapping: byLogin,
  guard: defaultGuard,
  patienceMs: 0,
  leavers: keepLeavers,
};
const running = await workerFor(ledger, connector);

after(async () => {
  await running.close();
  await database.close();
});

const sync = async (input: object = {}): Promise<Report['targets'][string]> => {
  jira.journal.writes.length = 0;
  jira.journal.reads = 0;
  jira.journal.listings = 0;
  const { run } = await running.execute('fullSync', { connector: 'acme', ...input });
  const report = (await findRun(ledger, run))?.report;
  assert.ok(report);
  const jiraPart = report.targets.jira;
  assert.ok(jiraPart);
  return jiraPart;
};

const written = (): string[] => jira.journal.writes.map(({ username, value }) => `${username}=${value}`).sort();

beforeEach(async () => {
  people.clear();
  connector.mapping = byLogin;
  await unlinkByHand(ledger, { connector: 'acme', target: 'jira', person: '1' });
});

test('a link outlives a new login at the provider', async () => {
  person('1', 'ada', 'Captain');
  assert.equal((await sync()).updated, 1);
  person('1', 'ada-married', 'Major');
  assert.equal((await sync()).updated, 1);
  assert.deepEqual(written(), ['ada=Major']);
});

test('other match rules examine every link: who keeps the account costs no call, who moves leaves the old one alone', async () => {
  person('1', 'ada', 'Major', 'ada');
  person('2', 'bob', 'Cook', 'cyd');
  person('3', 'dan', 'Smith', 'nobody');
  await sync();
  connector.mapping = byAlias;
  person('2', 'bob', 'Chef', 'cyd');
  person('3', 'dan', 'Baker', 'nobody');
  const moved = await sync();
  assert.deepEqual(written(), ['cyd=Chef'], 'neither the old account of 2 nor that of 3 is written');
  assert.deepEqual([moved.updated, moved.unmatched, moved.unchanged], [1, 1, 1]);
  assert.equal(jira.journal.reads, 1, 'only the account that is new to the person is read');
  assert.equal((await sync()).unchanged, 2);
});

test('two people can change places by other match rules', async () => {
  person('1', 'ada', 'One', 'bob');
  person('2', 'bob', 'Two', 'ada');
  await sync();
  connector.mapping = byAlias;
  const swapped = await sync();
  assert.equal(swapped.updated, 2);
  assert.deepEqual(written(), ['ada=Two', 'bob=One']);
  assert.equal((await sync()).unchanged, 2);
});

test('a complete read without a person frees the account for another', async () => {
  person('1', 'ada', 'One');
  await sync();
  people.clear();
  person('9', 'ada', 'Nine');
  assert.equal((await sync()).ambiguous, 1, 'while the link of 1 stands nothing is written for 9');
  assert.equal((await sync()).updated, 1);
  assert.deepEqual(written(), ['ada=Nine']);
});

test('a link ends with its account; one that comes back under another key is found and read', async () => {
  person('4', 'dan', 'One');
  await sync();
  jira.held.delete('key-dan');
  person('4', 'dan', 'Two');
  assert.equal((await sync()).unmatched, 1);
  const again = { ...account('dan'), key: 'key-dan-2' };
  accounts.splice(accounts.indexOf(accounts.find((one) => one.username === 'dan') ?? again), 1, again);
  jira.held.set('key-dan-2', new Map());
  assert.equal((await sync()).updated, 1);
  assert.deepEqual(written(), ['dan=Two']);
});

test('a link made by hand outranks what is found, and goes when it is taken back', async () => {
  person('1', 'ada', 'One');
  person('2', 'bob', 'Two');
  await sync();
  const link = { connector: 'acme', target: 'jira', person: '1' };
  await linkByHand(ledger, { ...link, account: { key: 'key-bob', text: JSON.stringify(account('bob')) }, by: 'ada' });
  const linked = await sync();
  assert.deepEqual(written(), ['bob=One']);
  assert.deepEqual([linked.updated, linked.ambiguous], [1, 1], '2 is found at an account that is linked by hand');
  assert.equal(await unlinkByHand(ledger, link), true);
  await sync();
  assert.deepEqual(written(), ['bob=Two']);
  assert.equal(await unlinkByHand(ledger, link), false);
});

/** The account of this name is deleted and made anew: the product gives it another key. */
const makeAnew = (username: string, key: string): void => {
  const at = accounts.findIndex((one) => one.username === username);
  jira.held.delete(accounts[at]?.key ?? '');
  accounts[at] = { ...account(username), key };
  jira.held.set(key, new Map());
};

test('an account that a read finds gone is looked for again by the same run, once, in dry runs too', async () => {
  for (const id of ['a', 'b', 'c']) {
    accounts.push(account(`again-${id}`));
    jira.held.set(`key-again-${id}`, new Map());
    person(id, `again-${id}`, 'One');
  }
  assert.equal((await sync()).updated, 3);
  makeAnew('again-a', 'key-again-a-2');
  jira.held.delete('key-again-b');
  accounts.splice(
    accounts.findIndex(({ username }) => username === 'again-b'),
    1,
  );
  for (const id of ['a', 'b', 'c']) person(id, `again-${id}`, 'Two');
  const dry = await sync({ mode: 'verify', intent: 'plan' });
  assert.deepEqual([dry.planned, dry.unmatched], [2, 1]);
  assert.equal(jira.journal.listings, 0, 'everybody has a link, so that the read alone tells');
  const report = await sync({ mode: 'verify' });
  assert.deepEqual([report.updated, report.unmatched], [2, 1]);
  assert.deepEqual(written(), ['again-a=Two', 'again-c=Two']);
  assert.equal(jira.held.get('key-again-a-2')?.get('userProperty:Title'), 'Two');
});

/** What is known of accounts from a listing, or of people without one, holds for a little less than a day. */
const dayLater = async (): Promise<void> => {
  await sql`update looked_for set looked_at = looked_at - interval '1 day'`.execute(ledger.db);
  await sql`update listed set listed_at = listed_at - interval '1 day'`.execute(ledger.db);
};

test('an account made anew under its old name is found by the next run that lists, though nothing changed at the provider', async () => {
  person('3', 'cyd', 'Cook');
  person('9', 'nobody', 'Nobody');
  await sync();
  makeAnew('cyd', 'key-cyd-2');
  await dayLater();
  const report = await sync();
  assert.deepEqual([report.updated, report.unmatched, report.unchanged], [1, 1, 0]);
  assert.equal(jira.held.get('key-cyd-2')?.get('userProperty:Title'), 'Cook');
  assert.equal((await sync()).unchanged, 1);
});

test('an account that vanished is told by a plain run as soon as it lists accounts, though nothing changed at the provider', async () => {
  person('2', 'bob', 'Cook');
  await sync();
  const bob = accounts.findIndex(({ username }) => username === 'bob');
  const [gone] = accounts.splice(bob, 1);
  jira.held.delete('key-bob');
  // Whoever has a link and has not changed costs no request: without a listing nobody can know.
  assert.deepEqual([(await sync()).unchanged, jira.journal.listings, jira.journal.reads], [1, 0, 0]);
  person('9', 'newcomer', 'Nobody');
  await dayLater();
  const report = await sync();
  assert.deepEqual([report.unmatched, report.unchanged, jira.journal.listings], [2, 0, 1]);
  assert.deepEqual([(await sync()).unmatched, (await sync({ mode: 'verify' })).unmatched], [2, 2]);
  assert.ok(gone);
  await dayLater();
  accounts.push(gone);
  jira.held.set('key-bob', new Map());
  assert.equal((await sync()).updated, 1, 'restored, it is found and written again');
});

test('one person’s run looks for an account again whose name leads to another key', async () => {
  person('3', 'cyd', 'Cook');
  await sync();
  makeAnew('cyd', 'key-cyd-3');
  person('3', 'cyd', 'Chef');
  const { run } = await running.execute('syncUser', { connector: 'acme', user: '3' });
  assert.equal((await findRun(ledger, run))?.report?.targets.jira?.updated, 1);
  assert.equal(jira.held.get('key-cyd-3')?.get('userProperty:Title'), 'Chef');
});

test('whoever shares an account with somebody is told with whom, by the run and by explain', async () => {
  person('4', 'dan', 'One');
  person('5', 'DAN', 'Two');
  const { run } = await running.execute('fullSync', { connector: 'acme' });
  const page = { after: null, limit: 10, target: null, outcome: 'ambiguous' };
  const told = (await listOutcomes(ledger, run, page)).map(({ person: id, reason, facts }) => [
    id,
    reason,
    facts.people,
  ]);
  assert.deepEqual(told, [
    ['4', 'accountClaimedTwice', ['5']],
    ['5', 'accountClaimedTwice', ['4']],
  ]);
  const [user] = [...people.values()];
  assert.ok(user);
  const { targets } = await explainUser(
    { ledger, connector: { ...connector, version: 1 }, call: startCall().call },
    user,
  );
  assert.deepEqual([targets.jira?.reason, targets.jira?.facts.people], ['accountClaimedTwice', ['5']]);
  assert.match(targets.jira?.sentence ?? '', /also matched by somebody else: 5\./);
});
