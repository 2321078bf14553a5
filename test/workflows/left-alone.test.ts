import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { reportText } from '../../src/client/report-text.ts';
import { compileMapping } from '../../src/core/mapping/compile.ts';
import type { AttributeRow, MappingSettings } from '../../src/core/mapping/settings.ts';
import { keepLeavers } from '../../src/core/people/leavers.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { whyValue } from '../../src/engine/questions/why.ts';
import { listKept } from '../../src/ledger/reading/kept.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, workerFor } from '../fixtures/runs.ts';
import { startCall } from '../sources/fixtures.ts';

const people = new Map<string, SourceUser>();
const accounts: Account[] = [];
const person = (n: number, room: string): void => {
  people.set(`id-${n}`, { id: `id-${n}`, attributes: { login: `u${n}`, room } });
};
for (let n = 0; n < 6; n += 1) {
  person(n, `Room ${n % 2}`);
  accounts.push({ key: `k${n}`, username: `u${n}`, email: null, active: true });
}
const jira = memoryTarget(accounts);
for (const n of [0, 1, 2]) jira.held.get(`k${n}`)?.set('userProperty:Room', 'Attic');
const rule = { maxLength: 50, unit: 'characters' } as const;
const row: AttributeRow = {
  userProperty: 'Room',
  from: 'room',
  transforms: [],
  whenNoTransformApplies: 'keep',
  whenEmpty: 'clearOurs',
  overwrite: 'onlyOurs',
  whenTooLong: 'skip',
  keepOrder: false,
};
const settings: MappingSettings = { to: [{ target: 'jira', match: [{ username: 'login' }], attributes: [row] }] };
const name = { ...rule, pattern: '.+', takes: 'any name' };
const attributes = new Map([['jira', { fields: {}, userProperty: { name, value: rule } }]]);

const database = await freshDatabase();
const { ledger } = database;
const connector = {
  id: 'acme',
  source: memorySource(people, 10).source,
  targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
  mapping: compileMapping(settings, { attributes }),
  guard: { ...defaultGuard, ignoreBelow: 1_000 },
  patienceMs: 0,
  leavers: keepLeavers,
};
const running = await workerFor(ledger, connector);
after(async () => {
  await running.close();
  await database.close();
});

const sync = async (input: object = {}) => {
  const { run } = await running.execute('fullSync', { connector: 'acme', ...input });
  const found = await findRun(ledger, run);
  const report: Report = found?.report ?? assert.fail('no report');
  assert.ok(found);
  return { run: found, report, kept: report.targets.jira?.kept };
};
const leftAlone = (people: number, values: number) => [
  { attribute: 'userProperty:Room', reason: 'notOurs', people, values },
];
const remembered = async (): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::integer as n from left_alone`.execute(ledger.db)).rows[0]?.n ?? -1;

test('values that overwrite leaves alone are counted by every run, also by those that look at nobody', async () => {
  const dry = await sync({ intent: 'plan' });
  assert.deepEqual(dry.kept, leftAlone(3, 2));
  assert.equal(await remembered(), 0, 'a dry run leaves no trace');
  const first = await sync();
  assert.deepEqual(first.kept, leftAlone(3, 2));
  const second = await sync();
  assert.equal(second.report.targets.jira?.unchanged, 6);
  assert.deepEqual(second.kept, leftAlone(3, 2));
  assert.match(
    reportText(second.report),
    /jira: not written as in the directory: Room: 3 people, 2 values not written because somebody else’s is kept \(overwrite\)\./,
  );
});

test('each is listed with its value, page by page, and why tells it of one', async () => {
  const { run } = await sync();
  const all = [];
  for (let after: Parameters<typeof listKept>[2]['after'] = null; ; ) {
    const [one] = await listKept(ledger, run, { after, limit: 1 });
    if (one === undefined) break;
    all.push(`${one.person} ${one.reason} ${one.value}`);
    after = one;
  }
  assert.deepEqual(all, ['id-0 notOurs Room 0', 'id-1 notOurs Room 1', 'id-2 notOurs Room 0']);
  const { call } = startCall();
  const asking = { ledger, connector: { ...connector, version: 1 }, call };
  const why = (account: string) => whyValue(asking, { target: 'jira', account, attribute: 'userProperty:Room' });
  assert.deepEqual([(await why('u0')).kept, (await why('u5')).kept], ['notOurs', null]);
});

test('who is planned anew is told anew: a value that stands there after all is left alone no more', async () => {
  person(0, 'Attic');
  person(1, 'Cellar');
  people.delete('id-2');
  const { kept } = await sync();
  assert.deepEqual(kept, leftAlone(1, 1));
  assert.deepEqual((await sync()).kept, leftAlone(1, 1));
  const { rows } = await sql<{ all: string }>`select string_agg(encode(value_sealed, 'escape'), '') as all
    from left_alone`.execute(ledger.db);
  assert.doesNotMatch(rows[0]?.all ?? '', /Cellar/);
});
