import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import type { RunMode } from '../../src/core/report/report.ts';
import { closeRun } from '../../src/engine/close.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { listChanges } from '../../src/ledger/plan/change-list.ts';
import { approvePlan, rejectPlan } from '../../src/ledger/runs/decisions.ts';
import { leftUndone } from '../../src/ledger/runs/failing.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memoryTarget } from '../fixtures/directory.ts';
import { editedPeople } from '../fixtures/edited-people.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const size = 40;
const { put: edit, source, accounts } = editedPeople(size, { title: 'One' });
const put = (n: number, title: string): void => edit(n, { title });
const jira = memoryTarget(accounts);
const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source,
  targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
  mapping: titleMapping(['jira']),
  guard: { ...defaultGuard, ignoreBelow: 0, onBreach: 'holdAttribute' },
});
after(async () => {
  await running.close();
  await database.close();
});

const sync = async (mode: RunMode) => {
  const { run } = await running.execute('fullSync', { connector: 'acme', mode });
  const found = await findRun(ledger, run);
  assert.ok(found?.report);
  return { ...found, report: found.report };
};
const planned = async (run: string): Promise<readonly string[]> => {
  const page = { after: null, limit: 100, target: null, status: 'planned' } as const;
  return (await listChanges(ledger, run, page)).map(({ person, after: value }) => `${person} ${value}`);
};
const many = Array.from({ length: 10 }, (_, n) => n);

/** Titles of those ten as the product holds them. */
const titles = (): readonly unknown[] => many.map((n) => jira.held.get(`key-${n}`)?.get('userProperty:Title'));
const approve = async (run: string): Promise<void> => {
  await approvePlan(ledger, { run, who: 'ann', comment: null });
  await running.execute('applyPlan', { run });
};
const endedFor = async (run: string, reason: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ person: string }>`select person from outcome where run = ${run} and reason = ${reason}
    order by person`.execute(ledger.db);
  return rows.map(({ person }) => person);
};

for (const [end, giveUp] of [
  ['is rejected', (run: string) => rejectPlan(ledger, { run, who: 'ann', comment: 'not now' })],
  [
    'expires',
    async (run: string) => {
      await sql`update run set plan_expires_at = now() where id = ${run}`.execute(ledger.db);
    },
  ],
  [
    'is cancelled once it was approved',
    async (run: string) => {
      await approvePlan(ledger, { run, who: 'ann', comment: null });
      await closeRun(ledger, run, { status: 'cancelled', failure: null });
    },
  ],
  [
    'gives way to a plan that nobody approves',
    async (run: string) => {
      const { run: plan } = await running.execute('fullSync', { connector: 'acme', mode: 'verify', intent: 'plan' });
      const held = await findRun(ledger, run);
      assert.deepEqual([held?.status, held?.supersededBy], ['superseded', plan]);
      await rejectPlan(ledger, { run: plan, who: 'ann', comment: 'only a look' });
    },
  ],
] as const) {
  test(`when a held part ${end}, the next increment plans its changes again, though nothing has changed since`, async () => {
    await sync('full');
    for (const n of many) put(n, `Title when it ${end}`);
    const first = await sync('delta');
    assert.equal(first.status, 'done');
    assert.ok(first.holds !== null);
    const changes = await planned(first.holds);
    assert.deepEqual(changes.length, many.length);
    const idle = await sync('delta');
    assert.deepEqual([idle.report.read.users, idle.holds], [0, null], 'the held run has them while it waits');
    await giveUp(first.holds);
    const next = await sync('delta');
    assert.deepEqual([next.report.read.users, next.status], [many.length, 'done']);
    assert.ok(next.holds !== null);
    assert.deepEqual(await planned(next.holds), changes);
    assert.equal(jira.journal.writes.filter(({ value }) => value?.startsWith('Title') ?? false).length, 0);
    for (const n of many) put(n, 'One');
    await sync('delta');
  });
}

test('whom an approved held part passed over, because a hand changed the value, the next increment looks at again', async () => {
  await sync('full');
  for (const n of many) put(n, 'Two');
  const { holds } = await sync('delta');
  assert.ok(holds !== null);
  jira.held.get('key-3')?.set('userProperty:Title', 'By hand');
  await approve(holds);
  assert.equal(jira.held.get('key-3')?.get('userProperty:Title'), 'By hand');
  assert.equal(jira.held.get('key-4')?.get('userProperty:Title'), 'Two');
  const next = await sync('delta');
  // Of forty people one value set by hand is more than the guard lets anybody overwrite.
  assert.ok(next.holds !== null);
  assert.deepEqual([next.report.read.users, await planned(next.holds)], [1, ['id-3 Two']]);
  assert.equal((await sync('delta')).report.read.users, 0);
  await rejectPlan(ledger, { run: next.holds, who: 'ann', comment: null });
  for (const n of many) put(n, 'One');
  const { holds: back } = await sync('delta');
  assert.ok(back !== null);
  await approve(back);
});

const those = many.slice(5).map((n) => `id-${n}`);

test('what a held part owns no increment writes a few people at a time, below every threshold', async () => {
  await sync('full');
  for (const n of many) put(n, 'Three');
  const { holds } = await sync('full');
  assert.ok(holds !== null);
  for (const [at, n] of many.slice(5).entries()) {
    put(n, `Four ${at}`);
    const hourly = await sync('delta');
    assert.deepEqual([hourly.status, hourly.holds, hourly.report.read.users], ['done', null, 1]);
    assert.deepEqual(await endedFor(hourly.id, 'held'), [`id-${n}`]);
  }
  assert.deepEqual(titles(), Array(10).fill('One'), 'nothing of it was written');
  await approve(holds);
  assert.deepEqual(titles(), [...Array(5).fill('Three'), ...Array(5).fill('One')]);
  assert.deepEqual(await endedFor(holds, 'sourceMoved'), those, 'what was approved is not theirs any more');
  const next = await sync('delta');
  assert.ok(next.holds !== null);
  assert.deepEqual(
    await planned(next.holds),
    many.slice(5).map((n) => `id-${n} Four ${n - 5}`),
  );
  await approve(next.holds);
});

test('a retry leaves what a held part owns alone too', async () => {
  await sync('full');
  for (const n of many) put(n, 'Retried');
  const { id, holds } = await sync('full');
  assert.ok(holds !== null);
  assert.deepEqual(await leftUndone(ledger, id), [], 'they are skipped, but not undone');
  // Somebody whose other target failed, say.
  await sql`update outcome set outcome = 'failed', reason = 'refused' where run = ${id} and person = 'id-1'`.execute(
    ledger.db,
  );
  const { run } = await running.execute('fullSync', { connector: 'acme', retry: id });
  assert.deepEqual(await endedFor(run, 'held'), ['id-1']);
  assert.equal((await findRun(ledger, holds))?.status, 'awaitingApproval');
  await approve(holds);
  assert.deepEqual(titles(), Array(10).fill('Retried'));
});

test('of held parts by two versions of the document with the same person, each writes only what still starts from what stands there', async () => {
  await sync('full');
  for (const n of many) put(n, 'Five');
  const { holds: first } = await sync('full');
  assert.ok(first !== null);
  running.pinned.version = await storeConnector(ledger, {
    ...{ connector: 'acme', managedBy: 'file', definition: { mended: true }, createdBy: 'test', comment: null },
  });
  for (const n of many.slice(5)) put(n, 'Six');
  const { holds: second } = await sync('delta');
  assert.ok(second !== null);
  assert.equal(
    (await findRun(ledger, first))?.status,
    'awaitingApproval',
    'an increment replaces no plan for everybody',
  );
  assert.equal((await planned(second)).length, 10);
  await approve(second);
  assert.deepEqual(titles(), [...Array(5).fill('Five'), ...Array(5).fill('Six')]);
  const written = jira.journal.writes.length;
  await approve(first);
  assert.equal(jira.journal.writes.length, written, 'a newer read was written already');
  assert.deepEqual(titles(), [...Array(5).fill('Five'), ...Array(5).fill('Six')]);
});
