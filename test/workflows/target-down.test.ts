import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { Failure } from '../../src/core/failure.ts';
import { tallied } from '../../src/core/report/outcome.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import type { RunResult } from '../../workflows/run.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const names = Array.from({ length: 650 }, (_, n) => `u${n}`);
const people = new Map<string, SourceUser>();
const accounts = names.map((username): Account => ({ key: username, username, email: null, active: true }));
const jira = memoryTarget(accounts);
const wiki = memoryTarget(accounts);

/** A wait of its own keeps the attempts of an activity short. */
const down = (): Failure => new Failure('unavailable', 'Jira does not answer.', { waitMs: 1 });
const trouble: { at: 'check' | 'listing' | 'write' | null; failure: () => Failure; met: number } = {
  at: null,
  failure: down,
  met: 0,
};
const meet = (at: 'check' | 'listing' | 'write'): void => {
  if (trouble.at !== at) return;
  trouble.met += 1;
  throw trouble.failure();
};
const failing: Target = {
  ...jira.target,
  check: async () => meet('check'),
  accountsPage: async (cursor, call) => {
    meet('listing');
    return jira.target.accountsPage(cursor, call);
  },
  applyChanges: async (account, changes, call) => {
    meet('write');
    return jira.target.applyChanges(account, changes, call);
  },
};

const database = await freshDatabase();
const { ledger } = database;
const guard = { ...defaultGuard, ignoreBelow: 100_000, directoryShrink: { percent: 100, count: 100_000 } };
const running = await workerFor(ledger, {
  id: 'acme',
  source: memorySource(people, 100).source,
  targets: new Map([
    ['jira', openTarget('jira', failing, 4)],
    ['wiki', openTarget('wiki', wiki.target, 4)],
  ]),
  mapping: titleMapping(['jira', 'wiki']),
  guard,
});

let round = 0;

/** So many people are in the directory now, each with a new title. */
const gather = (count: number): void => {
  round += 1;
  people.clear();
  names.slice(0, count).forEach((login, n) => {
    people.set(`id-${n}`, { id: `id-${n}`, attributes: { login, title: `Title ${n} of ${round}` } });
  });
};

beforeEach(() => {
  gather(60);
  trouble.at = null;
  trouble.failure = down;
  trouble.met = 0;
});
after(async () => {
  await running.close();
  await database.close();
});

const started = (type: string, input: object) =>
  running.client.workflow.start<(input: object) => Promise<RunResult>>(type, {
    args: [input],
    taskQueue: running.queue,
    workflowId: `test/${randomUUID()}`,
  });

const reportOf = async (run: string): Promise<Report> => {
  const report = (await findRun(ledger, run))?.report;
  assert.ok(report);
  return report;
};

const sync = async (type = 'fullSync', input: object = { connector: 'acme' }): Promise<Report> =>
  reportOf((await (await started(type, input)).result()).run);

test('a target whose listing cannot be read loses this run, the other one gets its values', async () => {
  trouble.at = 'listing';
  const report = await sync();
  assert.equal(report.status, 'doneWithFailures');
  assert.deepEqual([report.targets.jira?.failed, report.targets.wiki?.updated], [60, 60]);
});

test('a target that is down when the run begins and back later is written like the other', async () => {
  trouble.at = 'check';
  const report = await sync();
  assert.equal(report.status, 'done');
  assert.deepEqual([report.targets.jira?.updated, report.targets.wiki?.updated], [60, 60]);
});

test('a target that goes down while it is written is not asked on and on; everybody has an outcome', async () => {
  gather(650);
  trouble.at = 'write';
  const report = await sync();
  assert.equal(report.status, 'doneWithFailures');
  assert.deepEqual([report.targets.jira?.failed, report.targets.wiki?.updated], [650, 650]);
  // Three batches at once, three attempts, four failures in a row and one more under way in each: the fourth batch is
  // not begun. A product's own circuit cuts this off after five.
  assert.ok(trouble.met <= 45, `${trouble.met} requests to a target that is down`);
  trouble.at = null;
  const next = await sync();
  assert.deepEqual([next.targets.jira?.updated, next.targets.wiki?.unchanged], [650, 650]);
});

test('a run whose every target is down fails and says why', async () => {
  const fresh: Target = {
    ...memoryTarget(accounts).target,
    applyChanges: () => Promise.reject(down()),
  };
  const only = await workerFor(ledger, {
    id: 'single',
    source: memorySource(people, 100).source,
    targets: new Map([['solo', openTarget('solo', fresh, 4)]]),
    mapping: titleMapping(['solo']),
    guard,
  });
  const handle = await only.client.workflow.start<(input: object) => Promise<RunResult>>('fullSync', {
    args: [{ connector: 'single' }],
    taskQueue: only.queue,
    workflowId: `test/${randomUUID()}`,
  });
  const end = await Promise.allSettled([handle.result()]);
  await only.close();
  assert.ok(end[0].status === 'rejected' && end[0].reason instanceof WorkflowFailedError);
  const report = await reportOf(handle.firstExecutionRunId);
  assert.deepEqual([report.status, report.failure?.message], ['failed', 'Jira does not answer.']);
  const target = report.targets.solo;
  assert.ok(target);
  assert.equal(tallied(target), 60);
});

test('one person is written at the target that works, and named as failed at the other', async () => {
  await sync();
  people.set('id-9', { id: 'id-9', attributes: { login: 'u9', title: 'Only me' } });
  trouble.at = 'write';
  const report = await sync('syncUser', { connector: 'acme', user: 'id-9' });
  assert.deepEqual(
    [report.status, report.targets.jira?.failed, report.targets.wiki?.updated],
    ['doneWithFailures', 1, 1],
  );
});

test('a target may ask for a wait any number of times: no change is lost for it', async () => {
  trouble.at = 'write';
  trouble.failure = () => {
    if (trouble.met === 40) trouble.at = null;
    return new Failure('throttled', 'Jira limits the rate.', { waitMs: 5 });
  };
  const report = await sync();
  assert.deepEqual([report.status, report.targets.jira?.updated], ['done', 60]);
  assert.ok(trouble.met >= 40);
});
