import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { Failure } from '../../src/core/failure.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { approvePlan, decisionsOver, rejectPlan } from '../../src/ledger/runs/decisions.ts';
import { isUnfinished } from '../../src/ledger/runs/ending.ts';
import { releaseLock, takeLock } from '../../src/ledger/runs/locks.ts';
import { createRun, findRun, type Run } from '../../src/ledger/runs/runs.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import { sweepRuns } from '../../src/temporal/janitor.ts';
import { planWorkflowId, runWorkflows } from '../../src/temporal/run-workflows.ts';
import { createStarter } from '../../src/temporal/starter.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const names = Array.from({ length: 40 }, (_, n) => `u${n}`);
const people = new Map<string, SourceUser>();
const accounts = names.map((username): Account => ({ key: username, username, email: null, active: true }));
const jira = memoryTarget(accounts);
const wiki = memoryTarget(accounts);
const gate = { writes: Number.POSITIVE_INFINITY, refuses: null as Failure | null };

/** A product that answers so many writes and then stands still until it may go on or is cancelled. */
const gated: Target = {
  ...jira.target,
  check: async () => {
    if (gate.refuses !== null) throw gate.refuses;
  },
  applyChanges: async (account, changes, call) => {
    while (gate.writes <= 0) await sleep(20, undefined, { signal: call.signal });
    gate.writes -= 1;
    return jira.target.applyChanges(account, changes, call);
  },
};

const database = await freshDatabase();
const { ledger } = database;
const { source } = memorySource(people, 100);
const running = await workerFor(ledger, {
  id: 'acme',
  source,
  targets: new Map([
    ['jira', openTarget('jira', gated, 1)],
    ['wiki', openTarget('wiki', wiki.target, 4)],
  ]),
  mapping: titleMapping(['jira', 'wiki']),
  guard: { ...defaultGuard, ignoreBelow: 100_000 },
});
const { client, queue } = running;
const starter = createStarter(ledger, client, queue);
const workflows = {
  ...runWorkflows(client),
  graceMs: 0,
  startPlan: async (run: string) => void (await starter.startApplyPlan({ run })),
};

after(async () => {
  await running.close();
  await database.close();
});

let round = 0;
const edit = (count = names.length): void => {
  round += 1;
  names.slice(0, count).forEach((login, n) => {
    people.set(`id-${n}`, { id: `id-${n}`, attributes: { login, title: `Title ${n} of ${round}` } });
  });
  gate.writes = Number.POSITIVE_INFINITY;
  gate.refuses = null;
};

const the = async (id: string): Promise<Run> => {
  const run = await findRun(ledger, id);
  assert.ok(run !== null);
  return run;
};

/** Waits until the ledger says so; what is waited for is always an event, never a span of time. */
const until = async (what: () => Promise<boolean> | boolean): Promise<void> => {
  for (let waited = 0; !(await what()); waited += 50) {
    if (waited > 60_000) assert.fail('it did not come to that');
    await sleep(50);
  }
};
const ended = async (id: string): Promise<Run> => {
  await until(async () => {
    const run = await findRun(ledger, id);
    return run !== null && !isUnfinished(run);
  });
  return the(id);
};

const who = { who: 'ann', comment: 'looks right' };
const full = (intent: 'apply' | 'plan' = 'apply') =>
  starter.startFullSync({ connector: 'acme', mode: 'full', intent, who: 'desk' });
const planned = async (): Promise<string> => {
  const { run } = await full('plan');
  assert.equal((await ended(run)).status, 'planned');
  return run;
};
const plainApply = (run: string, id = planWorkflowId(run)) =>
  client.workflow.start('applyPlan', { args: [{ run }], taskQueue: queue, workflowId: id });
const refusal = async (result: Promise<unknown>): Promise<string> => {
  try {
    await result;
  } catch (error) {
    assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure, String(error));
    return error.cause.message;
  }
  return assert.fail('it was not refused');
};
const terminate = async (workflowId: string): Promise<void> => {
  await client.workflow.getHandle(workflowId).terminate('by hand');
};
/** Rounds of the janitor, until nobody is left who still writes for a run whose workflow is over. */
const sweep = () => until(async () => (await sweepRuns(ledger, workflows)) === 0);

test('a plan nobody has approved is not applied, whoever starts it through Temporal', async () => {
  edit();
  const run = await planned();
  assert.match(await refusal((await plainApply(run)).result()), /Nobody has approved.*attune approve/);
  assert.equal((await the(run)).status, 'planned');
  assert.equal(jira.journal.writes.length, 0);
  await approvePlan(ledger, { run, ...who });
  assert.equal((await the(run)).status, 'approved');
  await (await plainApply(run)).result();
  assert.equal((await the(run)).status, 'done');
  assert.equal(jira.journal.writes.length, 40);
  const [decision] = await decisionsOver(ledger, run);
  assert.deepEqual(
    [decision?.decision, decision?.who, decision?.comment, decision?.version],
    [...['approved', 'ann', 'looks right'], 1],
  );
});

test('an approved plan waits for its connector, and can be rejected until it is applied', async () => {
  edit();
  const run = await planned();
  const holder = await client.workflow.start('fullSync', {
    args: [{ connector: 'acme' }],
    taskQueue: 'nobody-works-here',
    workflowId: `test/holder/${round}`,
  });
  const id = holder.firstExecutionRunId;
  const writes = jira.journal.writes.length;
  await createHolder(id, holder.workflowId);
  await approvePlan(ledger, { run, ...who });
  const applying = await plainApply(run);
  await until(
    async () =>
      (await applying.fetchHistory()).events?.some((event) => event.timerStartedEventAttributes != null) ?? false,
  );
  assert.equal((await the(run)).status, 'approved');
  await rejectPlan(ledger, { run, who: 'bob', comment: null });
  await releaseLock(ledger, 'acme', id);
  assert.deepEqual(await applying.result(), { run, status: 'rejected' });
  assert.equal(jira.journal.writes.length, writes);
  await holder.terminate();
  await sweep();
});

test('a terminated applyPlan comes back to be decided over, and approving it again writes the rest', async () => {
  edit();
  const run = await planned();
  const writes = jira.journal.writes.length;
  gate.writes = 10;
  await approvePlan(ledger, { run, ...who });
  await starter.startApplyPlan({ run });
  await until(() => jira.journal.writes.length === writes + 10);
  await terminate(planWorkflowId(run));
  await assert.rejects(approvePlan(ledger, { run, ...who }), /still in progress/);
  await sweep();
  const back = await the(run);
  assert.equal(back.status, 'awaitingApproval');
  assert.match(back.note ?? '', /ann had approved this plan, and \d+ of its 80 changes/);
  gate.writes = Number.POSITIVE_INFINITY;
  await approvePlan(ledger, { run, ...who });
  await starter.startApplyPlan({ run });
  const end = await ended(run);
  assert.equal(end.status, 'done');
  assert.deepEqual([end.report?.targets.jira?.updated, end.report?.targets.wiki?.updated], [40, 40]);
  assert.equal(jira.journal.writes.length, writes + 40);
});

test('an approved plan whose workflow was never started is started by the janitor', async () => {
  edit();
  const run = await planned();
  await approvePlan(ledger, { run, ...who });
  await sweep();
  assert.equal((await ended(run)).status, 'done');
});

test('a terminated syncUser is closed as what it is', async () => {
  edit(1);
  gate.writes = 0;
  const { run, workflowId } = await starter.startSyncUser({ connector: 'acme', key: 'id-0', who: 'desk' });
  await until(
    async () => (await the(run)).phase !== 'open' && wiki.journal.writes.at(-1)?.value === `Title 0 of ${round}`,
  );
  await terminate(workflowId);
  await sweep();
  const end = await the(run);
  assert.deepEqual([end.status, end.failure?.kind], ['failed', 'unavailable']);
  assert.match(end.failure?.message ?? '', /ended from outside/);
  gate.writes = Number.POSITIVE_INFINITY;
});

test('a run terminated before it was opened is closed, and a cancel of it is kept', async () => {
  const idle = createStarter(ledger, client, 'nobody-works-here');
  const request = { connector: 'acme', mode: 'full', intent: 'apply', who: 'desk' } as const;
  const [one, two] = [await idle.startFullSync(request), await idle.startFullSync(request)];
  await terminate(one.workflowId);
  await terminate(two.workflowId);
  await starter.cancel({ run: two.run, who: 'ann' });
  await sweep();
  assert.deepEqual([(await the(one.run)).status, (await the(two.run)).status], ['failed', 'cancelled']);
  await assert.rejects(starter.cancel({ run: two.run, who: 'ann' }), /nothing to cancel/);
});

test('a workflow that goes on is left alone, and the next person under the same id does not stand for the last', async () => {
  edit(1);
  gate.writes = 0;
  const first = await starter.startSyncUser({ connector: 'acme', key: 'id-0', who: 'desk' });
  await until(async () => (await the(first.run)).phase !== 'open');
  await sweep();
  assert.equal((await the(first.run)).status, 'running');
  await terminate(first.workflowId);
  const second = await starter.startSyncUser({ connector: 'acme', key: 'id-0', who: 'desk' });
  assert.notEqual(second.run, first.run);
  await sweep();
  assert.deepEqual([(await the(first.run)).status, (await the(second.run)).status], ['failed', 'running']);
  gate.writes = Number.POSITIVE_INFINITY;
  await terminate(second.workflowId);
  await sweep();
});

test('without an answer of Temporal nothing is concluded', async () => {
  const idle = createStarter(ledger, client, 'nobody-works-here');
  const { run, workflowId } = await idle.startFullSync({
    connector: 'acme',
    mode: 'full',
    intent: 'apply',
    who: 'desk',
  });
  await terminate(workflowId);
  const away = { ...workflows, isOpen: () => Promise.reject(new Error('no answer')) };
  await assert.rejects(sweepRuns(ledger, away), /no answer/);
  assert.deepEqual([(await the(run)).status, (await the(run)).missingSince], ['running', null]);
  assert.equal(await sweepRuns(ledger, { ...workflows, graceMs: 60_000 }), 1, 'one answer is not enough');
  assert.equal((await the(run)).status, 'running');
  await sweep();
  assert.equal((await the(run)).status, 'failed');
});

/** Brings a workflow back to its beginning, as `temporal workflow reset --type FirstWorkflowTask` does. */
const reset = async (workflowId: string): Promise<void> => {
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const firstTask = events?.find((event) => event.workflowTaskCompletedEventAttributes != null);
  await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: firstTask?.eventId ?? null,
    requestId: `reset-${runId}`,
    reason: 'test',
  });
};

test('a run that has ended does nothing when its workflow is reset, and keeps its connector from nobody', async () => {
  edit();
  const { run, workflowId } = await full();
  const { report } = await ended(run);
  const writes = jira.journal.writes.length;
  await reset(workflowId);
  assert.match(await refusal(client.workflow.getHandle(workflowId).result()), /has ended, or another workflow/);
  assert.deepEqual((await the(run)).report, report);
  assert.equal(jira.journal.writes.length, writes);
  const other = { connector: 'acme', run: 'other', workflowId: 'other' };
  assert.deepEqual(await takeLock(ledger, other), { taken: true });
  await releaseLock(ledger, 'acme', 'other');
});

test('the workflow that made a plan ends nothing when it is reset while the approved plan is applied', async () => {
  edit();
  const { run, workflowId } = await full('plan');
  assert.equal((await ended(run)).status, 'planned');
  const writes = jira.journal.writes.length;
  gate.writes = 10;
  await approvePlan(ledger, { run, ...who });
  await starter.startApplyPlan({ run });
  await until(() => jira.journal.writes.length === writes + 10);
  await reset(workflowId);
  assert.match(await refusal(client.workflow.getHandle(workflowId).result()), /has ended, or another workflow/);
  assert.equal((await the(run)).status, 'running');
  gate.writes = Number.POSITIVE_INFINITY;
  const end = await ended(run);
  assert.deepEqual([end.status, end.report?.targets.jira?.updated], ['done', 40]);
  assert.equal(jira.journal.writes.length, writes + 40);
});

test('a reset run looks what is left and does it: nothing is reported as done that is not', async () => {
  edit();
  gate.writes = 10;
  const before = jira.journal.writes.length;
  const { run, workflowId } = await full();
  await until(() => jira.journal.writes.length === before + 10);
  await reset(workflowId);
  gate.writes = Number.POSITIVE_INFINITY;
  await sweep();
  const end = await ended(run);
  assert.equal(end.status, 'done');
  const { updated, planned: left, changes } = end.report?.targets.jira ?? {};
  assert.deepEqual([updated, left, changes?.set], [40, 0, 40]);
  assert.equal(jira.journal.writes.length, before + 40);
});

test('a child that is ended by hand is taken up again', async () => {
  edit();
  gate.writes = 5;
  const before = jira.journal.writes.length;
  const { run } = await full();
  await until(() => jira.journal.writes.length === before + 5);
  await terminate(`${run}/apply/jira/0`);
  gate.writes = 5;
  const next = client.workflow.getHandle(`${run}/apply/jira/0/2`);
  await until(() =>
    next.cancel().then(
      () => true,
      () => false,
    ),
  );
  gate.writes = Number.POSITIVE_INFINITY;
  const end = await ended(run);
  assert.deepEqual([end.status, end.report?.targets.jira?.updated], ['done', 40]);
});

test('a target that refuses loses its own part of the run, with its reason', async () => {
  edit();
  gate.refuses = new Failure('auth', 'Jira refuses the password.', { remedy: 'Store the new one.' });
  const end = await ended((await full()).run);
  assert.equal(end.status, 'doneWithFailures');
  assert.deepEqual([end.report?.targets.jira?.failed, end.report?.targets.wiki?.updated], [40, 40]);
  gate.refuses = null;
  assert.equal((await ended((await full()).run)).report?.targets.jira?.updated, 40);
});

test('whoever starts a person again whose run has read already starts a run that reads again; before, they join it', async () => {
  edit(1);
  const idle = createStarter(ledger, client, queue);
  gate.writes = 0;
  const request = { connector: 'acme', key: 'id-0', who: 'desk' };
  const first = await idle.startSyncUser(request);
  await until(
    async () => (await the(first.run)).phase === 'apply' || wiki.journal.writes.at(-1)?.value === `Title 0 of ${round}`,
  );
  edit(1);
  gate.writes = 0;
  const second = await idle.startSyncUser(request);
  assert.notEqual(second.run, first.run);
  gate.writes = Number.POSITIVE_INFINITY;
  await ended(first.run);
  assert.equal((await ended(second.run)).status, 'done');
  const written = (journal: typeof jira.journal) =>
    journal.writes.filter(({ username }) => username === 'u0').at(-1)?.value;
  assert.deepEqual([written(jira.journal), written(wiki.journal)], [`Title 0 of ${round}`, `Title 0 of ${round}`]);
});

test('starts of one person that has not been read yet are one run', async () => {
  edit(1);
  const row = { connector: 'acme', version: 1, mode: 'full', intent: 'apply', person: 'id-1' } as const;
  const waiting = await client.workflow.start('syncUser', {
    args: [{ connector: 'acme', user: 'id-1' }],
    taskQueue: 'nobody-works-here',
    workflowId: 'syncUser/acme/id-1',
  });
  await createRun(ledger, {
    ...row,
    id: waiting.firstExecutionRunId,
    workflowId: waiting.workflowId,
    startedBy: 'test',
  });
  const joined = await starter.startSyncUser({ connector: 'acme', key: 'id-1', who: 'desk' });
  assert.equal(joined.run, waiting.firstExecutionRunId);
  await waiting.terminate();
  await sweep();
});

test('a question that no worker takes up is answered in seconds, and is not worked on later', async () => {
  const idle = createStarter(ledger, client, 'nobody-works-here');
  const since = performance.now();
  await assert.rejects(idle.findUser({ connector: 'acme', key: 'id-0' }), /No worker has taken up the question/);
  assert.ok(performance.now() - since < 30_000);
  for await (const { workflowId, status, taskQueue } of client.workflow.list({ query: "WorkflowType = 'findUser'" })) {
    if (taskQueue === 'nobody-works-here') assert.notEqual(status.name, 'RUNNING', workflowId);
  }
});

test('a run whose connector cannot be opened is closed all the same, and says why', async () => {
  const broken = await workerFor(ledger, {
    id: 'broken',
    source,
    get targets(): never {
      throw new Failure('config', 'The file ent.pem of tls.ca cannot be read.', { remedy: 'Put it there.' });
    },
    mapping: titleMapping(['jira']),
    guard: defaultGuard,
  });
  const other = createStarter(ledger, broken.client, broken.queue);
  const { run } = await other.startFullSync({ connector: 'broken', mode: 'full', intent: 'apply', who: 'desk' });
  const end = await ended(run);
  await broken.close();
  assert.deepEqual([end.status, end.failure?.kind, end.report?.status], ['failed', 'config', 'failed']);
  assert.match(end.failure?.message ?? '', /ent\.pem.*Put it there/);
});

test('the details of a workflow name what is counted, and what holds a run', async () => {
  edit();
  gate.writes = 3;
  const { run, workflowId } = await full();
  const details = async () => {
    const told = await client.workflow
      .getHandle(workflowId)
      .query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    return told.currentDetails ?? '';
  };
  await until(async () => /apply: .*jira: 40 of 40 people taken up, 1 batch under way/.test(await details()));
  gate.writes = Number.POSITIVE_INFINITY;
  await ended(run);
});

const createHolder = async (run: string, workflowId: string): Promise<void> => {
  const row = { id: run, connector: 'acme', version: 1, mode: 'full', intent: 'apply', person: null } as const;
  await createRun(ledger, { ...row, workflowId, startedBy: 'test' });
  assert.deepEqual(await takeLock(ledger, { connector: 'acme', run, workflowId }), { taken: true });
};
