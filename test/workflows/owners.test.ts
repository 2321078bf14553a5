import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { CompiledMapping } from '../../src/core/mapping/mapping.ts';
import type { AttributeId, Desired } from '../../src/core/profile.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { releaseAccounts, renameConnector, retireConnector } from '../../src/ledger/connector-life.ts';
import { currentConnector, storingConnectors } from '../../src/ledger/connectors.ts';
import { approvePlan } from '../../src/ledger/runs/decisions.ts';
import { keptElsewhere, listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, workerFor } from '../fixtures/runs.ts';

const title: AttributeId = 'userProperty:Title';
const city: AttributeId = 'userProperty:City';
const logins = ['ada', 'bob'];
const people = new Map<string, SourceUser>();
const jira = memoryTarget(logins.map((username) => ({ key: username, username, email: null, active: true })));
const database = await freshDatabase();
const { ledger } = database;

const mappingOf = (attributes: readonly AttributeId[]): CompiledMapping => ({
  reads: { scope: [], attributes: new Map() },
  matchRules: new Map([['jira', 'login']]),
  readsGroups: false,
  selection: ['login'],
  attributes: new Map([['jira', attributes]]),
  evaluate: async (user) => {
    const desired = new Map<AttributeId, Desired>(
      attributes.map((one) => [one, { do: 'set', value: String(user.attributes[one]), overwrite: 'always' }]),
    );
    const match = [{ by: 'username', values: [user.id] }] as const;
    return new Map([['jira', { kind: 'mapped', desired, rows: new Map(), match, kept: [] }]]);
  },
});

const open = (id: string, attributes: readonly AttributeId[]) =>
  workerFor(ledger, {
    id,
    source: memorySource(people, 10).source,
    targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
    mapping: mappingOf(attributes),
    guard: { ...defaultGuard, ignoreBelow: 1_000 },
  });
const workers = [await open('one', [title]), await open('two', [title, city])];

after(async () => {
  for (const worker of workers) await worker.close();
  await database.close();
});

const set = (round: number): void => {
  for (const id of logins) people.set(id, { id, attributes: { [title]: `Title ${round}`, [city]: `City ${round}` } });
};

const sync = async (connector: string, which: number) => {
  jira.journal.writes.length = 0;
  const worker = workers[which];
  assert.ok(worker);
  const { run } = await worker.execute('fullSync', { connector });
  const target = (await findRun(ledger, run))?.report?.targets.jira;
  assert.ok(target);
  const written = jira.journal.writes
    .map(({ username, attribute, value }) => `${username} ${attribute} ${value}`)
    .sort();
  const page = { after: null, limit: 10, target: null, outcome: null };
  const outcomes = await listOutcomes(ledger, run, page);
  return { target, written, told: outcomes.map(({ outcome, reason, facts }) => ({ outcome, reason, facts })) };
};

const toldOf = (connector: string) => ({
  outcome: 'skipped',
  reason: 'ownedBy',
  facts: { connector, attributes: [title] },
});

test('two connectors serve one account: the first keeps an attribute, the other writes the rest and is told every time', async () => {
  set(1);
  assert.equal((await sync('one', 0)).target.updated, 2);
  const second = await sync('two', 1);
  assert.deepEqual(second.written, ['ada userProperty:City City 1', 'bob userProperty:City City 1']);
  assert.deepEqual(second.told, [toldOf('one'), toldOf('one')]);
  const again = await sync('two', 1);
  assert.deepEqual([again.written, again.told], [[], [toldOf('one'), toldOf('one')]]);
  assert.deepEqual(await keptElsewhere(ledger, 'two', 'jira'), [{ keeper: 'one', people: 2 }]);
  assert.deepEqual(await keptElsewhere(ledger, 'one', 'jira'), []);
  set(2);
  assert.equal((await sync('one', 0)).target.updated, 2);
  assert.equal((await sync('two', 1)).written.length, 2);
});

test('a value changed by hand before the plan is overwritten though another connector writes or records the account since', async () => {
  const [one, two] = workers;
  assert.ok(one && two);
  // Of ada the other connector has something to write, of bob it only remembers what it read.
  for (const [login, attribute] of [['ada', title] as const, ['ada', city] as const, ['bob', city] as const]) {
    jira.held.get(login)?.set(attribute, 'By hand');
  }
  const plan = await two.execute('fullSync', { connector: 'two', mode: 'verify', intent: 'plan' });
  assert.equal(plan.status, 'planned');
  jira.journal.writes.length = 0;
  await one.execute('fullSync', { connector: 'one', mode: 'verify' });
  await approvePlan(ledger, { run: plan.run, who: 'ann', comment: null });
  assert.equal((await two.execute('applyPlan', { run: plan.run })).status, 'done');
  assert.deepEqual(jira.journal.writes, [
    { username: 'ada', attribute: title, value: 'Title 2' },
    { username: 'ada', attribute: city, value: 'City 2' },
    { username: 'bob', attribute: city, value: 'City 2' },
  ]);
});

test('what is given free goes to whoever writes it next', async () => {
  assert.equal(await releaseAccounts(ledger, 'one', { target: 'jira', attribute: title }), 2);
  set(3);
  const second = await sync('two', 1);
  assert.deepEqual([second.target.updated, second.written.length], [2, 4]);
  assert.deepEqual((await sync('one', 0)).told, [toldOf('two'), toldOf('two')]);
});

test('a connector under another id keeps its accounts; one that is retired keeps none', async () => {
  await storingConnectors(ledger, (inTransaction) => renameConnector(inTransaction, 'two', 'zwei'));
  assert.equal(await currentConnector(ledger, 'two'), null);
  workers.push(await open('zwei', [title, city]));
  set(4);
  const renamed = await sync('zwei', 2);
  assert.deepEqual([renamed.target.updated, renamed.written.length], [2, 4]);
  assert.deepEqual((await sync('one', 0)).told, [toldOf('zwei'), toldOf('zwei')]);
  await retireConnector(ledger, 'zwei');
  set(5);
  const freed = await sync('one', 0);
  assert.deepEqual([freed.target.updated, freed.told.map(({ reason }) => reason)], [2, ['written', 'written']]);
  await assert.rejects(retireConnector(ledger, 'nobody'), /There is no connector "nobody"/);
  await assert.rejects(
    storingConnectors(ledger, (inTransaction) => renameConnector(inTransaction, 'zwei', 'one')),
    /There is already a connector one/,
  );
});
