import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { tallied } from '../../src/core/report/outcome.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import type { RunResult } from '../../workflows/run.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const names = Array.from({ length: 300 }, (_, n) => `u${n}`);
const people = new Map<string, SourceUser>(
  names.map((login, n) => [`id-${n}`, { id: `id-${n}`, attributes: { login, title: `Title ${n}` } }]),
);
const jira = memoryTarget(names.map((username): Account => ({ key: username, username, email: null, active: true })));
const pace = { ms: 200 };
const slow: Target = {
  ...jira.target,
  applyChanges: async (account, changes, call) => {
    await sleep(pace.ms, undefined, { signal: call.signal });
    return jira.target.applyChanges(account, changes, call);
  },
};
const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source: memorySource(people, 100).source,
  targets: new Map([['jira', openTarget('jira', slow, 4)]]),
  mapping: titleMapping(['jira']),
  guard: defaultGuard,
});

after(async () => {
  await running.close();
  await database.close();
});

const start = () =>
  running.client.workflow.start<(input: object) => Promise<RunResult>>('fullSync', {
    args: [{ connector: 'acme' }],
    taskQueue: running.queue,
    workflowId: `test/${randomUUID()}`,
  });

test('a cancelled run stops writing, tells the truth, and the next run does the rest', async () => {
  const handle = await start();
  while (jira.journal.writes.length < 10) await sleep(50);
  await handle.cancel();
  await assert.rejects(handle.result(), (error) => error instanceof WorkflowFailedError);
  const written = jira.journal.writes.length;
  const report = (await findRun(ledger, handle.firstExecutionRunId))?.report;
  assert.ok(report);
  const target = report.targets.jira;
  assert.ok(target);
  assert.equal(report.status, 'cancelled');
  assert.ok(written < 300, 'it stopped before the end');
  assert.equal(target.changes.set, written);
  assert.equal(target.updated, written);
  assert.equal(tallied(target), 300);
  await sleep(500);
  assert.equal(jira.journal.writes.length, written, 'nothing is written after the end');

  pace.ms = 0;
  const second = await (await start()).result();
  const rest = (await findRun(ledger, second.run))?.report?.targets.jira;
  assert.deepEqual([rest?.updated, rest?.unchanged], [300 - written, written]);
  assert.equal(jira.journal.writes.length, 300);
});
