import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { reportText } from '../../src/client/report-text.ts';
import type { ParityCount } from '../../src/core/report/parity.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { listStandings } from '../../src/ledger/plan/parity.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { guardOff } from '../fixtures/nights.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

/** How somebody's title stands at the product before Attune comes: what the directory gives, and what another tool wrote. */
const stands: Readonly<Record<keyof Omit<ParityCount, 'attribute'>, readonly [string | null, string | null]>> = {
  equal: ['Engineer', 'Engineer'],
  alike: ['Head of Sales', 'head of  sales '],
  different: ['Clerk', 'Trainee'],
  missing: ['Nurse', null],
  extra: [null, 'Former title'],
};
/** So many of each, over several batches. */
const many = { equal: 260, alike: 7, different: 110, missing: 40, extra: 3 };

const people = new Map<string, SourceUser>();
const accounts: Account[] = [];
const at = new Map<string, string | null>();
for (const [standing, [wanted, held]] of Object.entries(stands)) {
  const count = new Map(Object.entries(many)).get(standing) ?? 0;
  for (let n = 0; n < count; n += 1) {
    const login = `${standing}-${n}`;
    people.set(login, { id: login, attributes: { login, title: wanted } });
    accounts.push({ key: login, username: login, email: null, active: true });
    at.set(login, held);
  }
}
const jira = memoryTarget(accounts);
for (const [key, value] of at) if (value !== null) jira.held.get(key)?.set('userProperty:Title', value);

const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source: memorySource(people, 100).source,
  targets: new Map([['jira', openTarget('jira', jira.target, 4)]]),
  mapping: titleMapping(['jira']),
  guard: guardOff(defaultGuard),
});
after(async () => {
  await running.close();
  await database.close();
});

const run = async (input: object): Promise<Report> => {
  jira.journal.writes.length = 0;
  const { run: id } = await running.execute('fullSync', { connector: 'acme', ...input });
  const report = (await findRun(ledger, id))?.report;
  assert.ok(report);
  return report;
};
const title = { attribute: 'userProperty:Title' } as const;

test('the first plan against an instance another tool kept ends in a parity report with examples by id', async () => {
  const report = await run({ intent: 'plan' });
  assert.deepEqual(report.targets.jira?.parity, [{ ...title, ...many }]);
  assert.match(reportText(report), /userProperty:Title +260 +7 +110 +40 +3/);
  const listed = await listStandings(ledger, report.run);
  assert.deepEqual(
    listed.map(({ standing, people: count }) => [standing, count]),
    Object.entries(many),
  );
  for (const { standing, examples, people: count } of listed) {
    assert.equal(examples.length, Math.min(count, 5));
    assert.ok(examples.every((id) => id.startsWith(`${standing}-`)));
  }
});

test('values found equal are adopted without a write, and are known from then on', async () => {
  const report = await run({});
  assert.deepEqual(report.targets.jira?.parity, [{ ...title, ...many }]);
  const written = new Set(jira.journal.writes.map(({ username }) => username.split('-')[0]));
  assert.deepEqual(written, new Set(['alike', 'different', 'missing']));
  assert.equal(report.targets.jira?.adopted, many.equal);
  const next = await run({});
  assert.deepEqual([next.targets.jira?.parity, jira.journal.writes.length], [[], 0], 'nothing is read a second time');
});

test('a verify plan compares all accounts again at any time', async () => {
  jira.held.get('equal-0')?.set('userProperty:Title', 'engineer');
  const report = await run({ mode: 'verify', intent: 'plan' });
  const equal = people.size - 1 - many.extra;
  assert.deepEqual(report.targets.jira?.parity, [{ ...title, equal, alike: 1, different: 0, missing: 0, extra: 3 }]);
  assert.deepEqual(jira.journal.writes, []);
});
