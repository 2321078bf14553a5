import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { Failure } from '../../src/core/failure.ts';
import type { Rollout } from '../../src/core/plan/rollout.ts';
import { tallied } from '../../src/core/report/outcome.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { approvePlan } from '../../src/ledger/runs/decisions.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import type { RunResult } from '../../workflows/run.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

/** A history of so few events makes the server suggest to continue as new several times in one run. */
const suggestAfter = 40;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const startImpatientServer = async (): Promise<{ address: string; server: ChildProcess }> => {
  const port = await freePort();
  const setting = `limit.historyCount.suggestContinueAsNew=${suggestAfter}`;
  const server = spawn(
    process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '',
    ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', `${port}`, '--dynamic-config-value', setting],
    { stdio: 'ignore' },
  );
  const address = `127.0.0.1:${port}`;
  for (let tries = 0; tries < 200; tries += 1) {
    const connection = await Connection.connect({ address, connectTimeout: 500 }).catch(() => null);
    if (connection !== null) {
      await connection.close();
      return { address, server };
    }
    await sleep(100);
  }
  throw new Error('the server did not start');
};

const names = Array.from({ length: 2_000 }, (_, n) => `u${n}`);
const people = new Map<string, SourceUser>(
  names.map((login, n) => [`id-${n}`, { id: `id-${n}`, attributes: { login, title: `Title ${n}` } }]),
);
const jira = memoryTarget(names.map((username): Account => ({ key: username, username, email: null, active: true })));
const { source } = memorySource(people, 100);
const expiring = { after: Number.POSITIVE_INFINITY, pages: 0 };
/** How often more a party asks for a moment's wait: an outage that is long by the number of tries. */
const asks = { pages: 0, writes: 0 };
const mayAsk = (what: keyof typeof asks): void => {
  if (asks[what] <= 0) return;
  asks[what] -= 1;
  throw new Failure('throttled', 'Not so fast.', { waitMs: 20 });
};
const forgetful: IdentitySource = {
  ...source,
  readPage: async (place, select, call) => {
    mayAsk('pages');
    expiring.pages += 1;
    if (place.at === 'cursor' && expiring.pages > expiring.after) {
      expiring.after = Number.POSITIVE_INFINITY;
      throw new Failure('cursorExpired', 'The place in the listing is not held any more.');
    }
    return source.readPage(place, select, call);
  },
};
const slow: Target = {
  ...jira.target,
  applyChanges: async (account, changes, call) => {
    mayAsk('writes');
    return jira.target.applyChanges(account, changes, call);
  },
};
const { address, server } = await startImpatientServer();
process.env.ATTUNE_TEST_TEMPORAL = address;
const database = await freshDatabase();
const { ledger } = database;
const connector: Parameters<typeof workerFor>[1] & { rollout?: Rollout } = {
  id: 'acme',
  source: forgetful,
  targets: new Map([['jira', openTarget('jira', slow, 8)]]),
  mapping: titleMapping(['jira']),
  guard: defaultGuard,
};
const running = await workerFor(ledger, connector);

after(async () => {
  await running.close();
  await database.close();
  server.kill('SIGTERM');
});

const start = (type = 'fullSync', input: object = { connector: 'acme' }) =>
  running.client.workflow.start<(input: object) => Promise<RunResult>>(type, {
    args: [input],
    taskQueue: running.queue,
    workflowId: `test/${randomUUID()}`,
  });

test('a long run continues as new with nothing lost, and stays one run in the ledger', async () => {
  const handle = await start();
  const { run, status } = await handle.result();
  assert.equal(status, 'done');
  assert.equal(run, handle.firstExecutionRunId);
  const { runId } = await running.client.workflow.getHandle(handle.workflowId).describe();
  assert.notEqual(runId, handle.firstExecutionRunId, 'it continued as new');
  const report = (await findRun(ledger, run))?.report;
  assert.deepEqual([report?.targets.jira?.updated, report?.read.users], [2_000, 2_000]);
  assert.equal(jira.journal.writes.length, 2_000);
});

test('an expired place in the listing begins the read anew, and everybody is read once in the report', async () => {
  expiring.pages = 0;
  expiring.after = 5;
  const { run, status } = await (await start()).result();
  assert.equal(status, 'done');
  assert.equal(expiring.pages, 6 + 20, 'five pages, the one that failed, and all twenty again');
  const report = (await findRun(ledger, run))?.report;
  assert.ok(report?.targets.jira);
  assert.deepEqual([report.read.users, report.read.complete], [2_000, true]);
  assert.deepEqual([report.targets.jira.unchanged, tallied(report.targets.jira)], [2_000, 2_000]);
});

/** How long the histories of a workflow are that was continued as new, one after the other. */
const lengths = async ({ workflowId, firstExecutionRunId }: Awaited<ReturnType<typeof start>>): Promise<number[]> => {
  const all: number[] = [];
  for (let runId: string | undefined = firstExecutionRunId; runId !== undefined; ) {
    const { events } = await running.client.workflow.getHandle(workflowId, runId).fetchHistory();
    all.push(events?.length ?? 0);
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return all;
};

/** What one step more may add to a history that asks to be continued already. */
const oneStep = 40;

const edit = (value: string): void => {
  for (const n of [1, 700, 1_500])
    people.set(`id-${n}`, { id: `id-${n}`, attributes: { login: `u${n}`, title: value } });
};
const writtenSince = (before: number): (string | null)[] => jira.journal.writes.slice(before).map(({ value }) => value);

const moments = { pages: 5, writes: 5 };

test('an outage of any length makes no history longer, in no step of a run', async () => {
  edit('In time');
  const before = jira.journal.writes.length;
  Object.assign(asks, moments);
  const handle = await start();
  assert.equal((await handle.result()).status, 'done');
  const all = await lengths(handle);
  assert.ok(all.length > 2 && Math.max(...all) <= suggestAfter + oneStep, `histories of ${all.join(', ')} events`);
  assert.deepEqual(writtenSince(before), Array(3).fill('In time'));
});

test('nor while an approved plan reads its source again, and is written for a few people first', async () => {
  connector.rollout = { first: 2, then: 'continue' };
  edit('Approved');
  const before = jira.journal.writes.length;
  const { run, status } = await (await start('fullSync', { connector: 'acme', intent: 'plan' })).result();
  assert.equal(status, 'planned');
  await approvePlan(ledger, { run, who: 'ann', comment: null });
  Object.assign(asks, moments);
  const handle = await start('applyPlan', { run });
  assert.equal((await handle.result()).status, 'done');
  const all = await lengths(handle);
  assert.ok(all.length > 2 && Math.max(...all) <= suggestAfter + oneStep, `histories of ${all.join(', ')} events`);
  assert.deepEqual(writtenSince(before), Array(3).fill('Approved'));
});
