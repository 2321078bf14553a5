import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { sql } from 'kysely';
import { Failure } from '../../src/core/failure.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { approvePlan } from '../../src/ledger/runs/decisions.ts';
import { openProgress } from '../../src/ledger/runs/progress.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import { type TotalName, totalsOf } from '../../src/ledger/runs/totals.ts';
import type { Account } from '../../src/targets/target.ts';
import type { RunResult } from '../../workflows/run.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const people = new Map<string, SourceUser>();
for (let n = 0; n < 500; n += 1) {
  people.set(`id-${n}`, { id: `id-${n}`, attributes: { login: `u${n}`, title: `Title ${n}` } });
}
// Two people with one account, one without an account, one whose account is protected.
people.set('id-500', { id: 'id-500', attributes: { login: 'U7', title: 'Twin' } });
people.set('id-501', { id: 'id-501', attributes: { login: 'nobody', title: 'Lost' } });
people.set('id-502', { id: 'id-502', attributes: { login: 'admin', title: 'Chief' } });

const account = (username: string): Account => ({ key: `key-${username}`, username, email: null, active: true });
const accounts = [...Array.from({ length: 500 }, (_, n) => account(`u${n}`)), account('admin')];
const refused = { key: '' };
const jira = memoryTarget(accounts, (one) =>
  one.key === refused.key ? new Failure('wrongShape', 'The form has no such element.') : null,
);
const wiki = memoryTarget(accounts);
const directory = memorySource(people, 100);

const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source: { ...directory.source, expires: '2020-01-31' },
  targets: new Map([
    ['jira', openTarget('jira', jira.target, 4)],
    ['wiki', openTarget('wiki', wiki.target, 4)],
  ]),
  mapping: titleMapping(['jira', 'wiki']),
  guard: defaultGuard,
});

after(async () => {
  await running.close();
  await database.close();
});

const start = async (type: string, input: object): Promise<RunResult> => running.execute(type, input);

const reportOf = async (result: RunResult): Promise<Report> => {
  const run = await findRun(ledger, result.run);
  assert.ok(run?.report);
  return run.report;
};

const failureOf = async (promise: Promise<unknown>): Promise<{ type: unknown; message: string }> => {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof WorkflowFailedError && error.cause !== undefined);
    return { type: Reflect.get(error.cause, 'type'), message: error.cause.message };
  }
  return assert.fail('the workflow did not fail');
};

test('a full run gives everybody an account, writes what is missing and accounts for everybody', async () => {
  const report = await reportOf(await start('fullSync', { connector: 'acme' }));
  assert.equal(report.status, 'done');
  assert.deepEqual(report.read.users, 503);
  assert.equal(report.read.pages, 6);
  assert.equal(report.read.complete, true);
  assert.match(report.warnings.join(), /^The credential of the source is .*expired on 2020-01-31/);
  for (const [id, product] of [['jira', jira] as const, ['wiki', wiki] as const]) {
    const target = report.targets[id];
    assert.ok(target);
    assert.deepEqual(
      [target.updated, target.unmatched, target.ambiguous, target.skipped, target.failed, target.unchanged],
      [499, 1, 2, 1, 0, 0],
    );
    assert.equal(target.changes.set, 499);
    assert.equal(product.journal.writes.length, 499);
    assert.equal(product.journal.listings, 1);
    assert.equal(target.calls.write, 499);
    assert.equal(product.held.get('key-u7')?.size, 0, 'nothing is written for two people with one account');
  }
});

test('a second run writes only for those who changed and reads nobody', async () => {
  people.set('id-3', { id: 'id-3', attributes: { login: 'u3', title: 'New title' } });
  people.set('id-4', { id: 'id-4', attributes: { login: 'u4', title: null } });
  const reads = jira.journal.reads;
  const report = await reportOf(await start('fullSync', { connector: 'acme' }));
  assert.equal(report.status, 'done');
  const target = report.targets.jira;
  assert.deepEqual([target?.updated, target?.unchanged], [2, 497]);
  assert.deepEqual(target?.changes, { set: 1, cleared: 1 });
  assert.equal(jira.journal.reads, reads);
  // People of one batch are written side by side, so their order is nobody's promise.
  const written = jira.journal.writes.slice(499).sort((a, b) => a.username.localeCompare(b.username));
  assert.deepEqual(written, [
    { username: 'u3', attribute: 'userProperty:Title', value: 'New title' },
    { username: 'u4', attribute: 'userProperty:Title', value: null },
  ]);
});

test('one person is synced by the same steps', async () => {
  people.set('id-9', { id: 'id-9', attributes: { login: 'u9', title: 'Only me' } });
  const result = await start('syncUser', { connector: 'acme', user: 'id-9' });
  const report = await reportOf(result);
  assert.equal(report.read.users, 1);
  assert.equal(report.targets.wiki?.updated, 1);
  assert.equal(wiki.held.get('key-u9')?.get('userProperty:Title'), 'Only me');
  assert.deepEqual(await activitiesOf(result), ['openRun', 'readPages', 'syncPerson', 'syncPerson', 'closeRun']);
});

/** What a run's workflow had done, in order: somebody waits for each way through Temporal and back. */
const activitiesOf = async ({ run }: RunResult): Promise<readonly string[]> => {
  const { workflowId } = (await findRun(ledger, run)) ?? assert.fail();
  const { events } = await running.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? []);
};

test('one of two people with one account gets nothing in a run of their own either', async () => {
  const report = await reportOf(await start('syncUser', { connector: 'acme', user: 'id-500' }));
  assert.equal(report.targets.jira?.ambiguous, 1);
});

test('a bad user stands alone in the end: the rest of the batch is written', async () => {
  for (const n of [20, 21, 22, 23]) {
    people.set(`id-${n}`, { id: `id-${n}`, attributes: { login: `u${n}`, title: `Again ${n}` } });
  }
  refused.key = 'key-u21';
  const report = await reportOf(await start('fullSync', { connector: 'acme' }));
  refused.key = '';
  assert.equal(report.status, 'doneWithFailures');
  assert.deepEqual([report.targets.jira?.updated, report.targets.jira?.failed], [3, 1]);
  assert.equal(report.targets.wiki?.updated, 4);
  assert.deepEqual(report.failures, { new: 1, known: 0 });
});

test('a plan past the thresholds is held, and applied only when approved', async () => {
  for (let n = 100; n < 200; n += 1) {
    people.set(`id-${n}`, { id: `id-${n}`, attributes: { login: `u${n}`, title: `Mass ${n}` } });
  }
  const writes = wiki.journal.writes.length;
  const totals = async (name: TotalName): Promise<number> =>
    (await totalsOf(ledger, name)).reduce((sum, { total }) => sum + total, 0);
  const [runs, seconds] = [await totals('runs'), await totals('runSeconds')];
  const held = await start('fullSync', { connector: 'acme' });
  assert.equal(held.status, 'awaitingApproval');
  assert.equal(wiki.journal.writes.length, writes, 'nothing is written while the plan is held');
  const report = await reportOf(held);
  assert.equal(report.forecast?.people, 101, 'who has two accounts is one person');
  assert.ok(report.guard?.breaches.some((breach) => breach.rule === 'changedPeople' && breach.target === 'wiki'));
  await sql`update run set started_at = started_at - interval '10 minutes', finished_at = finished_at - interval '10 minutes'
    where id = ${held.run}`.execute(ledger.db);
  await approvePlan(ledger, { run: held.run, who: 'ann', comment: null });
  const applied = await reportOf(await start('applyPlan', { run: held.run }));
  assert.equal(applied.status, 'done');
  assert.ok(applied.waitedMs >= 600_000 && applied.durationMs < 600_000, 'waiting for a decision is no work');
  assert.equal((await totals('runs')) - runs, 1, 'the plan and its application are one run');
  const added = (await totals('runSeconds')) - seconds;
  assert.ok(Math.abs(added - applied.durationMs / 1_000) < 0.001, `${added} s of ${applied.durationMs} ms`);
  const progress = await openProgress(ledger)(held.run);
  assert.ok(progress !== null && progress.elapsedMs < 600_000 && progress.waitedMs >= 600_000);
  assert.equal(wiki.journal.writes.length, writes + 100);
  assert.equal(applied.targets.wiki?.updated, 100);
});

test('bad input ends at once with a sentence', async () => {
  const failure = await failureOf(start('fullSync', { conector: 'acme' }));
  assert.equal(failure.type, 'config');
  assert.match(failure.message, /unknown key "conector" \(did you mean "connector"/);
});

test('a login is not taken where an id belongs', async () => {
  const failure = await failureOf(start('syncUser', { connector: 'acme', user: 'ada@acme.example' }));
  assert.equal(failure.type, 'config');
  assert.doesNotMatch(failure.message, /ada/);
});
