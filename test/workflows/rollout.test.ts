import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { Rollout } from '../../src/core/plan/rollout.ts';
import type { AttributeId, ChangeResult } from '../../src/core/profile.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { approvePlan } from '../../src/ledger/runs/decisions.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const size = 40;
const people = new Map<string, SourceUser>();
const accounts: Account[] = Array.from({ length: size }, (_, n) => ({
  ...{ key: `key-u${n}`, username: `u${n}`, email: null, active: true },
}));
const product = memoryTarget(accounts);
const faulty = { forgets: false, refuses: false };
/** A product that may say it wrote a value and forget it, or refuse every value. */
const target: Target = {
  ...product.target,
  applyChanges: async (account, changes, call) => {
    const refused = changes.map(
      ({ attribute }): ChangeResult => ({ attribute, status: 'rejected', reason: 'too odd' }),
    );
    if (faulty.refuses) return { results: refused, ended: null };
    const written = await product.target.applyChanges(account, changes, call);
    if (faulty.forgets) for (const { attribute } of changes) product.held.get(account.key)?.delete(attribute);
    return written;
  },
};
const database = await freshDatabase();
const { ledger } = database;
const connector: { rollout?: Rollout } = {};
/** The night in which the product may be written, and the worker's clock. */
const writeHours = { from: '20:00', to: '06:00', timeZone: 'UTC' };
const opens = Date.parse('2026-11-24T20:00:00Z');
const clock = { now: opens, asked: 0 };
const running = await workerFor(
  ledger,
  {
    id: 'acme',
    source: memorySource(people, 100).source,
    targets: new Map([['jira', openTarget('jira', target, 4, writeHours)]]),
    mapping: titleMapping(['jira']),
    guard: defaultGuard,
    get rollout() {
      return connector.rollout ?? { first: size, then: 'continue' };
    },
  },
  () => {
    clock.asked += 1;
    return clock.now;
  },
);

after(async () => {
  await running.close();
  await database.close();
});

let serial = 0;
beforeEach(() => {
  serial += 1;
  faulty.forgets = false;
  faulty.refuses = false;
  product.journal.writes.length = 0;
  for (const held of product.held.values()) held.clear();
  for (let n = 0; n < size; n += 1) {
    people.set(`id-${n}`, { id: `id-${n}`, attributes: { login: `u${n}`, title: `Title ${n} of ${serial}` } });
  }
});

const sync = async (rollout: Rollout, mode = 'verify') => {
  connector.rollout = rollout;
  const { run } = await running.execute('fullSync', { connector: 'acme', mode });
  const found = await findRun(ledger, run);
  assert.ok(found);
  return found;
};
const writtenTo = (): readonly string[] => [...new Set(product.journal.writes.map(({ username }) => username))];

test('outside the hours of a target the first few wait for them, and other runs have the connector meanwhile', async () => {
  connector.rollout = { first: 5, then: 'continue' };
  clock.now = opens - 1_000;
  const handle = await running.client.workflow.start('fullSync', {
    ...{ args: [{ connector: 'acme', mode: 'verify' }], taskQueue: running.queue, workflowId: 'test/first-few-wait' },
  });
  const run = handle.firstExecutionRunId;
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const hasConnector = async (): Promise<boolean> => {
    const { rows } = await sql`select 1 from run_lock where run = ${run}`.execute(ledger.db);
    return rows.length > 0;
  };
  await until(async () => (await findRun(ledger, run))?.phase === 'apply' && !(await hasConnector()));
  assert.deepEqual(writtenTo(), []);
  // It comes back for the connector and is sent away once more.
  clock.asked = 0;
  await until(async () => clock.asked > 2 && !(await hasConnector()));
  assert.deepEqual(writtenTo(), [], 'nobody is written before');
  clock.now = opens;
  await handle.result();
  const ended = await findRun(ledger, run);
  assert.equal(ended?.status, 'done', JSON.stringify(ended?.failure));
  assert.equal(writtenTo().length, size);
  assert.equal(product.journal.writes.length, size, 'nobody is written twice');
});

test('a few people are written first and read back, then the rest', async () => {
  const reads = product.journal.reads;
  const run = await sync({ first: 5, then: 'continue' });
  assert.equal(run.status, 'done', JSON.stringify(run.failure));
  assert.equal(writtenTo().length, size);
  assert.equal(product.journal.writes.length, size, 'nobody is written twice');
  assert.equal(product.journal.reads - reads, size + 5, 'all were read to be planned, the first five read back');
});

test('people named by login go first', async () => {
  await sync({ first: ['U7', 'id-9'], then: 'continue' });
  assert.deepEqual([...writtenTo()].slice(0, 2).sort(), ['u7', 'u9']);
  assert.equal(writtenTo().length, size);
});

test('the rest waits where the document says so, and is written when somebody approves it', async () => {
  const run = await sync({ first: 5, then: 'wait' });
  assert.equal(run.status, 'awaitingApproval');
  assert.match(run.note ?? '', /^The first 5 people hold what was written\. The rest awaits/);
  assert.equal(writtenTo().length, 5);
  await approvePlan(ledger, { run: run.id, who: 'ann', comment: null });
  await running.execute('applyPlan', { run: run.id });
  assert.equal((await findRun(ledger, run.id))?.status, 'done');
  assert.equal(product.journal.writes.length, size, 'the first five are not written again');
});

test('the rest is held when the first do not hold what was written', async () => {
  faulty.forgets = true;
  const run = await sync({ first: 5, then: 'continue' });
  assert.equal(run.status, 'awaitingApproval');
  assert.match(run.note ?? '', /5 accounts, when read again, did not hold what was written/);
  assert.equal(writtenTo().length, 5);
});

test('the rest is held when what was planned for the first is refused', async () => {
  faulty.refuses = true;
  const run = await sync({ first: 3, then: 'continue' });
  assert.equal(run.status, 'awaitingApproval');
  assert.match(run.note ?? '', /refused the changes of 3 people/);
});

test('a plan for no more people than go first is written as ever', async () => {
  const run = await sync({ first: size, then: 'wait' });
  assert.equal(run.status, 'done');
  const held: ReadonlyMap<AttributeId, string> | undefined = product.held.get('key-u3');
  assert.equal(held?.get('userProperty:Title'), `Title 3 of ${serial}`);
});
