import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { Failure } from '../../src/core/failure.ts';
import { tallied } from '../../src/core/outcome.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
import type { Account } from '../../src/targets/target.ts';
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
const forgetful: IdentitySource = {
  ...source,
  readPage: async (place, select, call) => {
    expiring.pages += 1;
    if (place.at === 'cursor' && expiring.pages > expiring.after) {
      expiring.after = Number.POSITIVE_INFINITY;
      throw new Failure('cursorExpired', 'The place in the listing is not held any more.');
    }
    return source.readPage(place, select, call);
  },
};
const { address, server } = await startImpatientServer();
process.env.ATTUNE_TEST_TEMPORAL = address;
const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source: forgetful,
  targets: new Map([['jira', openTarget('jira', jira.target, 8)]]),
  mapping: titleMapping(['jira']),
  guard: defaultGuard,
});

after(async () => {
  await running.close();
  await database.close();
  server.kill('SIGTERM');
});

const start = () =>
  running.client.workflow.start<(input: object) => Promise<RunResult>>('fullSync', {
    args: [{ connector: 'acme' }],
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
