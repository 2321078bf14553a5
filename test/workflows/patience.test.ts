import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { sql } from 'kysely';
import { Failure } from '../../src/core/failure.ts';
import type { WriteHours } from '../../src/core/plan/write-hours.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { waitingFor } from '../../src/ledger/runs/outages.ts';
import { findRun, type Run } from '../../src/ledger/runs/runs.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
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

/** What happens to a request, until told otherwise; how often each was met, and how many at once. */
type Place = 'source check' | 'page' | 'jira listing' | 'jira write' | 'wiki write';
const trouble = {
  at: null as Place | null,
  who: null as string | null,
  failure: (): Error => new Failure('unavailable', 'Jira does not answer.'),
  met: 0,
  now: 0,
  most: 0,
};
const meet = async (at: Place, who: string | null = null): Promise<void> => {
  if (trouble.at !== at || (trouble.who !== null && trouble.who !== who)) return;
  trouble.met += 1;
  trouble.now += 1;
  trouble.most = Math.max(trouble.most, trouble.now);
  try {
    await sleep(1);
    throw trouble.failure();
  } finally {
    trouble.now -= 1;
  }
};
const failing: Target = {
  ...jira.target,
  accountsPage: async (cursor, call) => {
    await meet('jira listing');
    return jira.target.accountsPage(cursor, call);
  },
  applyChanges: async (account, changes, call) => {
    await meet('jira write', account.username);
    return jira.target.applyChanges(account, changes, call);
  },
};
/** A product that answers so many writes and then stands still until it may go on or is cancelled. */
const gate = { writes: Number.POSITIVE_INFINITY };
const gated: Target = {
  ...wiki.target,
  applyChanges: async (account, changes, call) => {
    await meet('wiki write', account.username);
    while (gate.writes <= 0) await sleep(20, undefined, { signal: call.signal });
    gate.writes -= 1;
    return wiki.target.applyChanges(account, changes, call);
  },
};
const memory = memorySource(people, 100);
const source: IdentitySource = {
  ...memory.source,
  check: () => meet('source check'),
  readPage: async (place, select, call) => {
    await meet('page');
    return memory.source.readPage(place, select, call);
  },
};

const database = await freshDatabase();
const { ledger } = database;
const hours: { jira: WriteHours | null } = { jira: null };
const clock = { now: () => Date.now() };
const targets = () =>
  new Map([
    ['jira', openTarget('jira', failing, 4, hours.jira)],
    ['wiki', openTarget('wiki', gated, 4)],
  ]);
const connector = {
  id: 'acme',
  source,
  get targets() {
    return targets();
  },
  mapping: titleMapping(['jira', 'wiki']),
  guard: { ...defaultGuard, ignoreBelow: 100_000, directoryShrink: { percent: 100, count: 100_000 } },
  patienceMs: 3_600_000,
};
const running = await workerFor(ledger, connector, () => clock.now());

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
  Object.assign(trouble, { at: null, who: null, met: 0, now: 0, most: 0 });
  trouble.failure = () => new Failure('unavailable', 'Jira does not answer.');
  gate.writes = Number.POSITIVE_INFINITY;
  hours.jira = null;
  clock.now = () => Date.now();
});
after(async () => {
  await running.close();
  await database.close();
});

const start = (type: string, input: object = { connector: 'acme' }) =>
  running.client.workflow.start<(input: object) => Promise<RunResult>>(type, {
    args: [input],
    taskQueue: running.queue,
    workflowId: `test/${randomUUID()}`,
  });

const the = async (run: string): Promise<Run> => {
  const found = await findRun(ledger, run);
  assert.ok(found);
  return found;
};
const reportOf = async (run: string): Promise<Report> => {
  const { report } = await the(run);
  assert.ok(report);
  return report;
};
const until = async (what: () => Promise<boolean> | boolean): Promise<void> => {
  for (let waited = 0; !(await what()); waited += 50) {
    if (waited > 60_000) assert.fail('it did not come to that');
    await sleep(50);
  }
};
const waits = async (run: string, party: string): Promise<void> =>
  until(async () => (await waitingFor(ledger, run)).some((one) => one.party === party));
/** What an hour is to a test: the outage began that much earlier. */
const age = (run: string, span: string) =>
  sql`update outage set since = since - ${span}::interval where run = ${run}`.execute(ledger.db);
const failed = async (result: Promise<unknown>): Promise<void> => {
  await assert.rejects(result, WorkflowFailedError);
};

test('a target that goes away while it is written is waited for, with one batch at a time; the other goes on', async () => {
  gather(650);
  trouble.at = 'jira write';
  const handle = await start('fullSync');
  await waits(handle.firstExecutionRunId, 'jira');
  await until(() => wiki.journal.writes.filter(({ value }) => value?.endsWith(` of ${round}`)).length === 650);
  const [waiting] = await waitingFor(ledger, handle.firstExecutionRunId);
  assert.deepEqual([waiting?.party, waiting?.said], ['jira', 'Jira does not answer.']);
  // From here on only the one batch that tries the target again is at work: at most its two slots' worth of requests.
  const before = trouble.met;
  trouble.most = 0;
  await until(() => trouble.met > before);
  assert.ok(trouble.most <= 2, `${trouble.most} requests at once to a target that is away`);
  trouble.at = null;
  await handle.result();
  const report = await reportOf(handle.firstExecutionRunId);
  assert.deepEqual([report.status, report.targets.jira?.updated, report.targets.wiki?.updated], ['done', 650, 650]);
  assert.deepEqual(await waitingFor(ledger, handle.firstExecutionRunId), []);
});

test('a target that stays away loses its people when the patience is over, and the other keeps its own', async () => {
  trouble.at = 'jira write';
  const handle = await start('fullSync');
  await waits(handle.firstExecutionRunId, 'jira');
  await age(handle.firstExecutionRunId, '61 minutes');
  await handle.result();
  const report = await reportOf(handle.firstExecutionRunId);
  assert.deepEqual(
    [report.status, report.targets.jira?.failed, report.targets.wiki?.updated],
    ['doneWithFailures', 60, 60],
  );
});

test('a listing that cannot be read is waited for', async () => {
  await handleOf(start('fullSync'));
  // More newcomers than are asked for by name.
  for (const n of [1, 2, 3, 4, 5, 6]) {
    people.set(`id-new${n}`, { id: `id-new${n}`, attributes: { login: `new${n}`, title: 'New' } });
  }
  trouble.at = 'jira listing';
  const handle = await start('fullSync');
  await waits(handle.firstExecutionRunId, 'jira');
  trouble.at = null;
  assert.equal((await handle.result()).status, 'done');
});

for (const at of ['source check', 'page'] as const) {
  test(`an identity provider that is away at the ${at} is waited for`, async () => {
    trouble.at = at;
    const handle = await start('fullSync');
    await waits(handle.firstExecutionRunId, 'source');
    trouble.at = null;
    assert.equal((await handle.result()).status, 'done');
    const report = await reportOf(handle.firstExecutionRunId);
    assert.deepEqual([report.read.complete, report.targets.jira?.updated], [true, 60]);
  });

  test(`an identity provider that stays away at the ${at} ends the run when the patience is over`, async () => {
    trouble.at = at;
    const handle = await start('fullSync');
    await waits(handle.firstExecutionRunId, 'source');
    await age(handle.firstExecutionRunId, '61 minutes');
    await failed(handle.result());
    const { status, failure } = await reportOf(handle.firstExecutionRunId);
    assert.deepEqual([status, failure?.kind, failure?.message], ['failed', 'unavailable', 'Jira does not answer.']);
  });
}

test('a wrong password found in the middle of a run ends it at once, whatever the other target is at', async () => {
  gate.writes = 5;
  trouble.at = 'jira write';
  trouble.failure = () => new Failure('auth', 'Jira refuses the password.', { remedy: 'Store the new one.' });
  const handle = await start('fullSync');
  await failed(handle.result());
  const { status, failure, targets: told } = await reportOf(handle.firstExecutionRunId);
  assert.deepEqual([status, failure?.kind], ['failed', 'auth']);
  const written = wiki.journal.writes.filter(({ value }) => value?.endsWith(` of ${round}`)).length;
  assert.equal(told.wiki?.changes.set, written, 'what was written is told');
});

test('an error nobody foresaw costs one person and not their batch, and is waited out once at most', async () => {
  trouble.at = 'jira write';
  trouble.who = 'u7';
  trouble.failure = () => new TypeError('nobody thought of this');
  const handle = await start('fullSync');
  const id = handle.firstExecutionRunId;
  await waits(id, 'jira');
  let isOver = false;
  const result = handle.result().finally(() => {
    isOver = true;
  });
  // Whoever else of the batch is written meanwhile begins the patience anew.
  for (; !isOver; await sleep(100)) await age(id, '6 minutes');
  await result;
  const report = await reportOf(id);
  assert.deepEqual(
    [report.status, report.targets.jira?.failed, report.targets.jira?.updated],
    ['doneWithFailures', 1, 59],
  );
});

test('one person is told within seconds that a target is away', async () => {
  trouble.at = 'jira write';
  const handle = await start('syncUser', { connector: 'acme', user: 'id-9' });
  const report = await handle.result().then(({ run }) => reportOf(run));
  assert.deepEqual(
    [report.status, report.targets.jira?.failed, report.targets.wiki?.updated],
    ['doneWithFailures', 1, 1],
  );
  assert.deepEqual(await waitingFor(ledger, handle.firstExecutionRunId), []);
});

test('one person whose target asks for a long wait is not kept waiting for it', async () => {
  trouble.at = 'jira write';
  trouble.failure = () => new Failure('throttled', 'Jira limits the rate for an hour.', { waitMs: 3_600_000 });
  const report = await start('syncUser', { connector: 'acme', user: 'id-9' })
    .then((handle) => handle.result())
    .then(({ run }) => reportOf(run));
  assert.deepEqual([report.status, report.targets.jira?.failed], ['doneWithFailures', 1]);
});

/** A day whose clock stands still at a time, and hours that begin later. */
const at = (time: string) => Date.parse(`2027-03-01T${time}:00Z`);
const evening: WriteHours = { from: '20:00', to: '06:00', timeZone: 'UTC' };

test('outside its hours an increment leaves a target to the next one, and writes the other', async () => {
  await handleOf(start('fullSync'));
  gather(60);
  hours.jira = evening;
  clock.now = () => at('12:00');
  const first = await handleOf(start('fullSync', { connector: 'acme', mode: 'delta' }));
  assert.deepEqual([first.targets.jira?.skipped, first.targets.wiki?.updated], [60, 60]);
  clock.now = () => at('21:00');
  const second = await handleOf(start('fullSync', { connector: 'acme', mode: 'delta' }));
  assert.deepEqual([second.targets.jira?.updated, second.targets.wiki?.unchanged], [60, 60]);
});

test('a full run that waits for the hours of its target leaves the connector to others meanwhile', async () => {
  hours.jira = evening;
  clock.now = () => at('19:59') + 55_000;
  const handle = await start('fullSync');
  await until(async () => {
    const { rows } = await sql`select 1 from run_lock where connector = 'acme'`.execute(ledger.db);
    return rows.length === 0 && (await findRun(ledger, handle.firstExecutionRunId))?.phase === 'apply';
  });
  assert.equal(wiki.journal.writes.filter(({ value }) => value?.endsWith(` of ${round}`)).length, 60);
  const delta = await handleOf(start('fullSync', { connector: 'acme', mode: 'delta' }));
  assert.notEqual(delta.status, 'skipped');
  clock.now = () => at('20:01');
  assert.equal((await handle.result()).status, 'done');
  const report = await reportOf(handle.firstExecutionRunId);
  assert.equal(report.targets.jira?.updated, 60);
});

const handleOf = async (starting: ReturnType<typeof start>): Promise<Report> =>
  reportOf((await (await starting).result()).run);
