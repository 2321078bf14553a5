import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import type { RunMode } from '../../src/core/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { listChanges } from '../../src/ledger/plan/change-list.ts';
import { rejectPlan } from '../../src/ledger/runs/decisions.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const size = 40;
const people = new Map<string, SourceUser>();
/** The ids of everybody who was edited, in order; a watermark is a place in it. */
const log: string[] = [];
const put = (n: number, title: string): void => {
  people.set(`id-${n}`, { id: `id-${n}`, attributes: { login: `u${n}`, title } });
  log.push(`id-${n}`);
};
for (let n = 0; n < size; n += 1) put(n, 'One');
const { source: listing } = memorySource(people, 100);
const source: IdentitySource = {
  ...listing,
  readPage: async (place, select, call) => {
    const end = { more: false, watermark: String(log.length) } as const;
    if (place.at !== 'watermark') return { ...(await listing.readPage(place, select, call)), end };
    const users = [...new Set(log.slice(Number(place.watermark)))].flatMap((id) => people.get(id) ?? []);
    return { users, bystanders: [], removed: [], end };
  },
};
const accounts = Array.from(
  { length: size },
  (_, n): Account => ({
    ...{ key: `key-${n}`, username: `u${n}`, email: null, active: true },
  }),
);
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

for (const [end, giveUp] of [
  ['is rejected', (run: string) => rejectPlan(ledger, { run, who: 'ann', comment: 'not now' })],
  [
    'expires',
    async (run: string) => {
      await sql`update run set plan_expires_at = now() where id = ${run}`.execute(ledger.db);
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
