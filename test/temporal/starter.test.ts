import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Failure } from '../../src/core/failure.ts';
import type { ScheduleEntry } from '../../src/core/schedules/schedule.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { takeLock } from '../../src/ledger/runs/locks.ts';
import { createRun, findRun, type Run } from '../../src/ledger/runs/runs.ts';
import type { Account } from '../../src/targets/target.ts';
import { reconcileSchedules } from '../../src/temporal/schedules.ts';
import { createStarter } from '../../src/temporal/starter.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';
import { testTemporal } from '../fixtures/servers.ts';

const connectorId = `acme-${randomUUID()}`;
const people = new Map<string, SourceUser>([
  ['id-1', { id: 'id-1', attributes: { login: 'ada', title: 'Countess' } }],
  ['id-2', { id: 'id-2', attributes: { login: 'bob', title: 'Builder' } }],
]);
const accounts = ['ada', 'bob'].map((username): Account => ({ key: username, username, email: null, active: true }));
const jira = memoryTarget(accounts);
const source = memorySource(people, 10).source;
const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: connectorId,
  source: {
    ...source,
    readUser: async (key) => [...people.values()].find((one) => [one.id, one.attributes.login].includes(key)) ?? null,
  },
  targets: new Map([['jira', openTarget('jira', jira.target, 4)]]),
  mapping: titleMapping(['jira']),
  guard: defaultGuard,
});
const starter = createStarter(ledger, running.client, running.queue);

after(async () => {
  await reconcileSchedules(running.client, [], running.queue);
  await running.close();
  await database.close();
});

/** A run whose workflow is gone is closed after two answers half a minute apart, and whoever waits comes back by timer. */
const ended = async (id: string): Promise<Run> => {
  for (let waited = 0; waited < 180_000; waited += 100) {
    const run = await findRun(ledger, id);
    if (run !== null && run.phase === 'ended') return run;
    await sleep(100);
  }
  return assert.fail('the run did not end');
};

test('a started run stands in the ledger at once, with who started it', async () => {
  const started = await starter.startFullSync({ connector: connectorId, mode: 'full', intent: 'apply', who: 'night' });
  assert.equal((await findRun(ledger, started.run))?.startedBy, 'night');
  assert.equal((await ended(started.run)).report?.targets.jira?.updated, 2);
});

test('one idempotency key is one run', async () => {
  const request = { connector: connectorId, mode: 'full', intent: 'apply', who: 'ci', idempotencyKey: 'abc' } as const;
  const first = await starter.startFullSync(request);
  await ended(first.run);
  assert.deepEqual(await starter.startFullSync(request), first);
});

test('one person is found by login, and the login stands in no history', async () => {
  people.set('id-1', { id: 'id-1', attributes: { login: 'ada', title: 'Lady' } });
  const started = await starter.startSyncUser({ connector: connectorId, key: 'ada', who: 'desk' });
  assert.equal(started.workflowId, `syncUser/${connectorId}/id-1`);
  assert.equal((await ended(started.run)).report?.targets.jira?.updated, 1);
  for await (const { workflowId } of running.client.workflow.list()) {
    const history = await running.client.workflow.getHandle(workflowId).fetchHistory();
    const raw = JSON.stringify(history, (_key, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString() : value,
    );
    assert.doesNotMatch(raw, /"ada"|Lady|Countess/);
  }
});

test('nobody under this login is a sentence', async () => {
  await assert.rejects(
    starter.startSyncUser({ connector: connectorId, key: 'nobody', who: 'desk' }),
    (error) => error instanceof Failure && error.kind === 'notFound',
  );
});

/** A run that holds the connector's lock and does nothing until it is ended. */
const lockHolder = async () => {
  const busy = await running.client.workflow.start('fullSync', {
    args: [{ connector: connectorId }],
    taskQueue: 'nobody-works-here',
    workflowId: `test/${randomUUID()}`,
  });
  await createRun(ledger, {
    ...{ id: busy.firstExecutionRunId, connector: connectorId, version: 1, mode: 'full', intent: 'apply' },
    ...{ person: null, workflowId: busy.workflowId, startedBy: 'ci' },
  });
  await takeLock(ledger, { connector: connectorId, run: busy.firstExecutionRunId, workflowId: busy.workflowId });
  return busy;
};

test('the second of two full runs is told which run holds the lock; a dead holder loses it', async () => {
  const busy = await lockHolder();
  const request = { connector: connectorId, mode: 'full', intent: 'apply', who: 'ci' } as const;
  const second = await ended((await starter.startFullSync(request)).run);
  assert.equal(second.status, 'failed');
  assert.equal(second.failure?.kind, 'conflict');
  assert.match(second.failure?.message ?? '', new RegExp(busy.firstExecutionRunId));
  await busy.terminate();
  assert.equal((await ended((await starter.startFullSync(request)).run)).status, 'done');
  assert.equal((await findRun(ledger, busy.firstExecutionRunId))?.status, 'failed', 'the dead run is closed');
});

test('the plain temporal CLI starts both kinds of run', async () => {
  const cli = process.env.ATTUNE_TEST_TEMPORAL_CLI;
  const address = await testTemporal();
  assert.ok(cli !== undefined);
  for (const [type, input] of [
    ['fullSync', { connector: connectorId }],
    ['syncUser', { connector: connectorId, user: 'id-2' }],
  ] as const) {
    const { stdout } = await promisify(execFile)(cli, [
      ...['workflow', 'start', '--address', address, '--type', type, '--task-queue', running.queue],
      ...['--input', JSON.stringify(input), '--output', 'json'],
    ]);
    const run = await ended(/"runId": *"([^"]+)"/.exec(stdout)?.[1] ?? '');
    assert.equal(run.status, 'done');
  }
});

test('schedules are created, changed and removed with the document, and start runs', async () => {
  const own = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { scheduleId } of running.client.schedule.list()) ids.push(scheduleId);
    return ids.filter((id) => id.includes(connectorId));
  };
  const reconcile = (...schedules: ScheduleEntry[]) =>
    reconcileSchedules(running.client, [{ id: connectorId, schedules }], running.queue);
  await reconcile({ cron: '0 4 * * *', timeZone: 'Europe/Berlin', mode: 'full' }, { every: '6h', mode: 'verify' });
  for (let waited = 0; (await own()).length < 2 && waited < 10_000; waited += 200) await sleep(200);
  const expected = [`attune/${connectorId}/full/0_4_*_*_*@Europe/Berlin`, `attune/${connectorId}/verify/every-6h`];
  assert.deepEqual((await own()).sort(), expected);
  await reconcile({ every: '1h', mode: 'full' });
  const handle = running.client.schedule.getHandle(`attune/${connectorId}/full/every-1h`);
  const { spec, policies } = await handle.describe();
  assert.equal(spec.intervals?.[0]?.every, 3_600_000);
  assert.equal(policies.overlap, 'SKIP');
  assert.equal(policies.catchupWindow, 600_000);
  await handle.trigger();
  let run = '';
  for (let waited = 0; run === '' && waited < 20_000; waited += 200) {
    const action = (await handle.describe()).info.recentActions[0]?.action;
    if (action?.type === 'startWorkflow') run = action.workflow.firstExecutionRunId;
    else await sleep(200);
  }
  const scheduled = await ended(run);
  assert.equal(scheduled.status, 'done');
  assert.equal(scheduled.startedBy, `attune/${connectorId}/full/every-1h`);
});

test('of two schedules of everybody that meet, the second waits for its turn; a run by hand is told instead', async () => {
  const request = { workflowId: `fullSync/${connectorId}/schedule/verify/every-4h-2026-11-25T16:00:00Z` };
  const busy = await lockHolder();
  const options = { taskQueue: running.queue, args: [{ connector: connectorId, mode: 'verify' }], ...request };
  const waiting = await running.client.workflow.start('fullSync', options);
  for (
    let waited = 0;
    waited < 10_000 && (await findRun(ledger, waiting.firstExecutionRunId)) === null;
    waited += 100
  ) {
    await sleep(100);
  }
  assert.equal((await findRun(ledger, waiting.firstExecutionRunId))?.status, 'running');
  const byHand = { connector: connectorId, mode: 'full', intent: 'apply', who: 'ci' } as const;
  assert.equal((await ended((await starter.startFullSync(byHand)).run)).failure?.kind, 'conflict');
  await busy.terminate();
  const run = await ended(waiting.firstExecutionRunId);
  assert.equal(run.status, 'done');
  assert.equal(run.startedBy, `attune/${connectorId}/verify/every-4h`);
});
