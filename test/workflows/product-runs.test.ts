import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { compileMapping } from '../../src/core/mapping/compile.ts';
import type { AttributeRow } from '../../src/core/mapping/settings.ts';
import { msUntilOpen, type WriteHours } from '../../src/core/plan/write-hours.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { listChanges } from '../../src/ledger/plan/change-list.ts';
import { listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import { confluence } from '../../src/targets/confluence/index.ts';
import { jira } from '../../src/targets/jira/index.ts';
import type { RunResult } from '../../workflows/run.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';
import { deps, openProduct, type Person, passwordAuth, tokenAuth } from '../targets/fixtures/sandbox.ts';

const database = await freshDatabase();
const { ledger } = database;
after(() => database.close());

/** Writes a field of Confluence; the titles are the same as Jira's. */
const locationMapping = (target: string) => {
  const rule = { maxLength: 255, unit: 'characters' } as const;
  const row: AttributeRow = {
    field: 'location',
    from: 'title',
    transforms: [],
    whenNoTransformApplies: 'useValue',
    whenEmpty: 'clearOurs',
    overwrite: 'always',
    whenTooLong: 'truncate',
    keepOrder: false,
  };
  return compileMapping(
    { to: [{ target, match: [{ username: 'login' }], attributes: [row] }] },
    { attributes: new Map([[target, { fields: { location: rule }, userProperty: null }]]) },
  );
};

type Given = {
  readonly kind?: 'jira' | 'confluence';
  readonly people: readonly Person[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly writeHours?: WriteHours;
  readonly now?: () => number;
};

/** A product's stand-in with a worker on it, and a directory of one person for each of its accounts, `u0`, `u1` and so on. */
const lab = async ({ kind = 'jira', people, options = {}, settings = {}, writeHours, now }: Given) => {
  const id = `${kind}-${randomUUID()}`;
  const product = await openProduct(kind, people, options);
  const given = { kind, url: product.url, auth: passwordAuth, readBack: 0, ...settings };
  const target =
    kind === 'jira'
      ? jira.open(jira.settings.parse(given), deps)
      : confluence.open(confluence.settings.parse(given), deps);
  const directory = new Map<string, SourceUser>();
  const retitle = (title: string): void => {
    for (const { username } of people) {
      directory.set(`id-${username}`, {
        id: `id-${username}`,
        attributes: { login: username, title: `${title} ${username}` },
      });
    }
  };
  retitle('First');
  const running = await workerFor(
    ledger,
    {
      id,
      source: memorySource(directory, 100).source,
      targets: new Map([[id, openTarget(id, target, 5, writeHours)]]),
      mapping: kind === 'jira' ? titleMapping([id]) : locationMapping(id),
      guard: { ...defaultGuard, ignoreBelow: 1_000, changedPeople: { percent: 100, count: 10_000 } },
    },
    now,
  );
  const start = () =>
    running.client.workflow.start('fullSync', {
      args: [{ connector: id }],
      taskQueue: running.queue,
      workflowId: `test/${randomUUID()}`,
    });
  const ended = async (run: string) => {
    const report = (await findRun(ledger, run))?.report;
    assert.ok(report);
    const found = report.targets[id];
    assert.ok(found);
    const page = { after: null, limit: 10_000, target: null };
    const outcomes = await listOutcomes(ledger, run, { ...page, outcome: null });
    const reasons = new Map(outcomes.map((one) => [one.person.replace('id-', ''), `${one.outcome}: ${one.reason}`]));
    const changes = await listChanges(ledger, run, { ...page, status: null });
    return { report, target: found, reasons, changes };
  };
  const sync = async () => {
    const { run } = await running.execute('fullSync', { connector: id });
    return ended(run);
  };
  return {
    product,
    retitle,
    start,
    ended,
    sync,
    titleOf: (username: string) => product.find(username).properties.Title,
    close: async () => {
      await running.close();
      await target.close();
      await product.close();
    },
  };
};

const crowd = (count: number): Person[] => Array.from({ length: count }, (_, n) => ({ username: `u${n}` }));

const callsOf = ({ read, targets }: Report): number =>
  [read.calls, ...Object.values(targets).map(({ calls }) => calls)]
    .flatMap(({ login, listing, read: reads, write }) => [login, listing, reads, write])
    .reduce((sum, count) => sum + count, 0);

test('the endpoint script is sent a whole batch of accounts in one request', async () => {
  const settings = { auth: tokenAuth, store: 'scriptRunner' };
  const { product, sync, retitle, titleOf, close } = await lab({
    people: crowd(120),
    options: { scriptRunner: true },
    settings,
  });
  try {
    const first = await sync();
    assert.equal(first.target.updated, 120);
    assert.deepEqual([first.target.calls.read, first.target.calls.write], [3, 3]);
    assert.equal(titleOf('u119'), 'First u119');
    retitle('Second');
    product.edit.activate('u7', false);
    product.edit.remove('u8');
    const second = await sync();
    assert.deepEqual([second.target.updated, second.target.calls.write], [118, 3]);
    assert.equal(second.reasons.get('u7'), 'skipped: inactive');
    assert.equal(second.reasons.get('u8'), 'unmatched: accountGone');
    assert.equal(titleOf('u7'), 'First u7');
    const third = await sync();
    assert.deepEqual(
      [third.target.calls.read, third.target.calls.write],
      [0, 1],
      'the script says who is inactive, and nobody else is asked for',
    );
    assert.equal(third.reasons.get('u7'), 'skipped: inactive');
    assert.equal(third.reasons.get('u8'), 'unmatched: noAccount');
  } finally {
    await close();
  }
});

test('a system administrator is found out of reach once, and skipped without a request from then on', async () => {
  const people = [...crowd(3), { username: 'root', isAdmin: true, isSystemAdmin: true }];
  const { product, sync, retitle, close } = await lab({ people, settings: { inFlight: 1 } });
  const asked = () => product.journal.entries().filter(({ path }) => path.includes('EditUserProperties')).length;
  try {
    const first = await sync();
    assert.deepEqual([first.target.failed, first.reasons.get('root')], [0, 'skipped: protected']);
    const before = asked();
    const second = await sync();
    assert.deepEqual([second.target.failed, second.reasons.get('root')], [0, 'skipped: protected']);
    assert.equal(asked(), before);
    retitle('Second');
    product.edit.activate('u1', false);
    const third = await sync();
    assert.deepEqual([third.target.updated, third.reasons.get('u1')], [2, 'skipped: inactive']);
  } finally {
    await close();
  }
});

test('where only groups can be listed, a person who is missing is asked for by name, and then not each night', async () => {
  const people = [...crowd(60), { username: 'portal', groups: [] }];
  const { product, sync, retitle, titleOf, close } = await lab({ people, options: { profile: 'old' } });
  const lookUps = () =>
    product.journal.entries().filter(({ query }) => new URLSearchParams(query).has('username')).length;
  try {
    product.edit.remove('u9');
    const first = await sync();
    assert.equal(titleOf('portal'), 'First portal');
    assert.equal(first.reasons.get('u9'), 'unmatched: noAccount');
    assert.equal(lookUps(), 2, 'nobody else is asked for');
    retitle('Second');
    await sync();
    assert.equal(titleOf('portal'), 'Second portal');
    assert.ok(lookUps() <= 3, 'the one without an account at most once a week');
  } finally {
    await close();
  }
});

test('sessions that end, waits short and long, connections that drop: a whole run writes every change once', async () => {
  const { product, sync, titleOf, close } = await lab({ people: crowd(40), options: { requestsPerSession: 20 } });
  const tooMany = (seconds: string) =>
    ({ kind: 'status', status: 429, headers: { 'retry-after': seconds }, body: 'Too many' }) as const;
  for (const [every, effect] of [
    [17, tooMany('0')],
    [90, tooMany('4')],
    [20, { kind: 'reset', when: 'before' }],
    [20, { kind: 'reset', when: 'after' }],
  ] as const) {
    product.faults.add({ path: '/secure/|/user', after: 10, every, effect });
  }
  try {
    const { report, target, changes } = await sync();
    assert.deepEqual([report.status, target.updated, target.failed], ['done', 40, 0]);
    for (let n = 0; n < 40; n += 1) assert.equal(titleOf(`u${n}`), `First u${n}`);
    assert.equal(changes.length, 40, 'each change once in the ledger');
    assert.ok(
      changes.every(({ status }) => status === 'applied'),
      'a write whose answer was lost is told as one',
    );
    const taken = product.journal.entries().filter(({ note }) => note?.op !== undefined);
    assert.equal(taken.length, 40, 'no value is written twice');
    assert.equal(callsOf(report) - report.read.calls.listing, product.requests());
    const signIns = product.journal
      .entries()
      .filter(({ method, path }) => method === 'POST' && /\/login\.jsp|WebSudoAuthenticate/.test(path));
    assert.ok(signIns.length >= 6 && signIns.length < target.calls.login, `${signIns.length}`);
  } finally {
    await close();
  }
});

test('a run over 500 accounts with hostile names changes no username, full name or mail', async () => {
  const names = fc.sample(fc.string({ unit: 'grapheme', maxLength: 60 }), { numRuns: 500, seed: 11 });
  const people = crowd(500).map((person, n) => ({
    ...person,
    displayName: `${names[n] ?? ''}&amp;"'<b>\u202e`,
    email: `${n}+"x"&y@example.com`,
    directory: n % 5 === 0 ? ('readOnly' as const) : ('internal' as const),
    properties: { phone: `+${n}` },
  }));
  const { product, sync, close } = await lab({ kind: 'confluence', people });
  const identities = () =>
    product.store().accounts.map(({ key, username, displayName, email }) => [key, username, displayName, email]);
  const earlier = identities();
  try {
    const { report, target } = await sync();
    assert.deepEqual([report.status, target.updated, target.failed], ['done', 500, 0]);
    assert.deepEqual(identities(), earlier);
    for (let n = 0; n < 500; n += 1) {
      assert.deepEqual(product.find(`u${n}`).properties, { phone: `+${n}`, location: `First u${n}` });
    }
  } finally {
    await close();
  }
});

test('outside writeHours a run is planned and waits; when they begin it writes', async () => {
  const writeHours = { from: '20:00', to: '06:00', timeZone: 'UTC' };
  const opens = Date.parse('2026-11-24T20:00:00Z');
  const clock = { now: opens - 1_000, asked: 0 };
  const now = () => {
    clock.asked += 1;
    return clock.now;
  };
  assert.equal(msUntilOpen(writeHours, clock.now), 1_000);
  const { start, ended, titleOf, close } = await lab({ people: crowd(5), writeHours, now });
  const until = async (holds: () => Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  try {
    const handle = await start();
    await until(async () => (await findRun(ledger, handle.firstExecutionRunId))?.phase === 'apply');
    // Twice: it has waited once and was sent away again.
    clock.asked = 0;
    await until(async () => clock.asked > 1);
    assert.equal(titleOf('u0'), undefined);
    clock.now = opens;
    const { run }: RunResult = await handle.result();
    const { target } = await ended(run);
    assert.equal(target.updated, 5);
    assert.equal(titleOf('u4'), 'First u4');
  } finally {
    await close();
  }
});
