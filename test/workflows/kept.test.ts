import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { reportText } from '../../src/client/report-text.ts';
import { compileMapping } from '../../src/core/mapping/compile.ts';
import type { AttributeRow, MappingSettings } from '../../src/core/mapping/settings.ts';
import { keepLeavers } from '../../src/core/people/leavers.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { explainUser } from '../../src/engine/questions/explain.ts';
import { whyValue } from '../../src/engine/questions/why.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, workerFor } from '../fixtures/runs.ts';
import { startCall } from '../sources/fixtures.ts';

const people = new Map<string, SourceUser>();
const accounts: Account[] = [];
for (let n = 0; n < 30; n += 1) {
  const attributes = { login: `u${n}`, code: n < 12 ? `X${n % 3}` : 'A', text: n < 5 ? 'long '.repeat(20) : 'short' };
  people.set(`id-${n}`, { id: `id-${n}`, attributes });
  accounts.push({ key: `k${n}`, username: `u${n}`, email: null, active: true });
}
const jira = memoryTarget(accounts);
const rule = { maxLength: 50, unit: 'characters' } as const;
const usual: Omit<AttributeRow, 'from' | 'userProperty'> = {
  transforms: [],
  whenNoTransformApplies: 'keep',
  whenEmpty: 'clearOurs',
  overwrite: 'always',
  whenTooLong: 'skip',
  keepOrder: false,
};
const table = { lookup: { values: { A: 'Accounts' } } };
const rows: AttributeRow[] = [
  { ...usual, userProperty: 'Center', from: 'code', transforms: [table] },
  { ...usual, userProperty: 'Code', from: 'code', transforms: [table], whenNoTransformApplies: 'useValue' },
  { ...usual, userProperty: 'Long', from: 'text' },
  { ...usual, userProperty: 'Short', from: 'text', whenTooLong: 'truncate' },
];
const settings: MappingSettings = { to: [{ target: 'jira', match: [{ username: 'login' }], attributes: rows }] };
const name = { ...rule, pattern: '.+', takes: 'any name' };
const attributes = new Map([['jira', { fields: {}, userProperty: { name, value: rule } }]]);

const database = await freshDatabase();
const { ledger } = database;
const source = memorySource(people, 10).source;
const connector = {
  id: 'acme',
  source,
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

const sync = async (mode: string): Promise<Report> => {
  const { run } = await running.execute('fullSync', { connector: 'acme', mode });
  return (await findRun(ledger, run))?.report ?? assert.fail('no report');
};

const expected = [
  { attribute: 'userProperty:Center', reason: 'noTransform', people: 12, values: 3 },
  { attribute: 'userProperty:Code', reason: 'noTransform', people: 12, values: 3 },
  { attribute: 'userProperty:Long', reason: 'tooLong', people: 5, values: 1 },
  { attribute: 'userProperty:Short', reason: 'cut', people: 5, values: 1 },
];

test('what rows keep back is counted in every report, also where nothing changed', async () => {
  const first = await sync('full');
  assert.equal(first.targets.jira?.updated, 30);
  assert.deepEqual(first.targets.jira?.kept, expected);
  const second = await sync('full');
  assert.equal(second.targets.jira?.unchanged, 30);
  assert.deepEqual(second.targets.jira?.kept, expected);
  assert.match(
    reportText(second),
    /jira: not written as in the directory: Center: 12 people, no translation for 3 values\./,
  );
  assert.match(reportText(second), /Long: 5 people, 1 value too long for the target and left out\./);
  const { rows: runs } = await sql<{
    runs: number;
  }>`select count(distinct run)::integer as runs from kept_value`.execute(ledger.db);
  assert.equal(runs[0]?.runs, 1, 'the last run of everybody alone is remembered');
});

test('values that were kept stand in the ledger sealed', async () => {
  const { rows: stored } = await sql<{ all: string }>`select string_agg(encode(value_sealed, 'escape'), '') as all
    from kept_value`.execute(ledger.db);
  assert.doesNotMatch(stored[0]?.all ?? '', /long|X1/);
});

test('the headline of an explanation says what is kept, and why tells it of one attribute', async () => {
  const { call } = startCall();
  const asking = { ledger, connector: { ...connector, version: 1 }, call };
  const explained = async (id: string) => {
    const user = people.get(id) ?? assert.fail();
    return (await explainUser(asking, user)).targets.jira;
  };
  const kept = await explained('id-0');
  assert.deepEqual([kept?.outcome, kept?.reason], ['unchanged', 'keptBack']);
  assert.match(
    kept?.sentence ?? '',
    /Nothing is written for userProperty:Center, .*userProperty:Long.*too long for the target/,
  );
  const usualOne = await explained('id-20');
  assert.equal(usualOne?.outcome, 'unchanged');
  assert.notEqual(usualOne?.reason, 'keptBack');
  const why = (account: string, attribute: 'userProperty:Long' | 'userProperty:Center') =>
    whyValue(asking, { target: 'jira', account, attribute });
  assert.equal((await why('u0', 'userProperty:Long')).kept, 'tooLong');
  assert.equal((await why('u0', 'userProperty:Center')).kept, 'noTransform');
  assert.equal((await why('u20', 'userProperty:Long')).kept, null);
});
