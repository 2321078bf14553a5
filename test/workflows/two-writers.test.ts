import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KyselyPlugin } from 'kysely';
import type { Call } from '../../src/core/call.ts';
import { Failure } from '../../src/core/failure.ts';
import type { CompiledMapping } from '../../src/core/mapping/mapping.ts';
import { keepLeavers } from '../../src/core/people/leavers.ts';
import type { AttributeId, Desired } from '../../src/core/profile.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { applyGroup } from '../../src/engine/apply/apply-group.ts';
import { targetAt, type Work } from '../../src/engine/work.ts';
import { claimGroup, giveBack } from '../../src/ledger/links/claims.ts';
import { lookAt } from '../../src/ledger/links/look.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { listChanges } from '../../src/ledger/plan/change-list.ts';
import { dueUsers } from '../../src/ledger/plan/changes.ts';
import { storePlan } from '../../src/ledger/plan/store-plan.ts';
import { listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { createRun, findRun } from '../../src/ledger/runs/runs.ts';
import { writeEach } from '../../src/targets/kit/write-each.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import type { RunResult } from '../../workflows/run.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, workerFor } from '../fixtures/runs.ts';

const attributes: readonly AttributeId[] = ['userProperty:A', 'userProperty:B', 'userProperty:C'];
const names = Array.from({ length: 120 }, (_, n) => `u${n}`);
const accounts = names.map((username): Account => ({ key: username, username, email: null, active: true }));
const jira = memoryTarget(accounts);
const people = new Map<string, SourceUser>();

/** Each person gets the same text in three attributes. */
const mapping: CompiledMapping = {
  reads: { scope: [], attributes: new Map() },
  matchRules: new Map([['jira', 'login']]),
  readsGroups: false,
  selection: ['login', 'title'],
  attributes: new Map([['jira', attributes]]),
  evaluate: async ({ attributes: { login, title } }) => {
    const want = (attribute: AttributeId): readonly [AttributeId, Desired] => [
      attribute,
      { do: 'set', value: `${String(title)} ${attribute.slice(-1)}`, overwrite: 'onlyOurs' },
    ];
    const desired = new Map(attributes.map(want));
    const match = [{ by: 'username', values: [String(login)] }] as const;
    return new Map([['jira', { kind: 'mapped', desired, rows: new Map(), match, kept: [] }]]);
  },
};

/** Writes that stand still until they may go on, and those that are answered with what nobody understands. */
const gate = {
  holds: null as string | null,
  odd: null as AttributeId | null,
  waiting: 0,
  after: Number.POSITIVE_INFINITY,
};
const held = (username: string): boolean =>
  gate.holds === username && jira.journal.writes.filter((write) => write.username === username).length >= gate.after;
const target: Target = {
  ...jira.target,
  applyChanges: (account, changes, call) =>
    writeEach(
      changes,
      {
        atOnce: false,
        look: async () => ({ profile: await jira.target.readProfile(account, attributes, call) }),
        write: async ([change]) => {
          if (change === undefined) throw new Error('there is nothing to write');
          gate.waiting += 1;
          while (held(account.username)) await sleep(10, undefined, { signal: call.signal });
          gate.waiting -= 1;
          if (change.attribute === gate.odd) throw new Failure('wrongShape', 'Jira answers with a page nobody knows.');
          const { results } = await jira.target.applyChanges(account, [change], call);
          return { came: 'answered', status: results[0]?.status === 'applied' ? 'applied' : 'rejected' };
        },
      },
      call,
    ),
};

const database = await freshDatabase();
const { ledger } = database;
const connector = {
  id: 'acme',
  source: memorySource(people, 50).source,
  targets: new Map([['jira', openTarget('jira', target, 4)]]),
  mapping,
  guard: { ...defaultGuard, ignoreBelow: 100_000 },
};
const running = await workerFor(ledger, connector);
after(async () => {
  await running.close();
  await database.close();
});

let round = 0;
const edit = (count: number): void => {
  round += 1;
  people.clear();
  names.slice(0, count).forEach((login, n) => {
    people.set(`id-${n}`, { id: `id-${n}`, attributes: { login, title: `round ${round}` } });
  });
};
beforeEach(() => {
  Object.assign(gate, { holds: null, odd: null, waiting: 0, after: Number.POSITIVE_INFINITY });
});

const start = (type: string, input: object = { connector: 'acme' }) =>
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
const ended = async (type: string, input?: object): Promise<Report> =>
  reportOf((await (await start(type, input)).result()).run);
const standing = (username: string) => attributes.map((attribute) => jira.held.get(username)?.get(attribute));
const until = async (what: () => boolean): Promise<void> => {
  for (let waited = 0; !what(); waited += 10) {
    if (waited > 60_000) assert.fail('it did not come to that');
    await sleep(10);
  }
};

test('a slow write of an older read does not land on a newer one: the newer waits for it and stands', async () => {
  edit(3);
  await ended('fullSync');
  edit(3);
  gate.holds = 'u0';
  gate.after = jira.journal.writes.filter(({ username }) => username === 'u0').length;
  const slow = await start('fullSync');
  await until(() => gate.waiting > 0);
  people.set('id-0', { id: 'id-0', attributes: { login: 'u0', title: 'the newest' } });
  const single = await start('syncUser', { connector: 'acme', user: 'id-0' });
  // The newer run comes back for the account until the older one, whose write is under way, has given it up.
  await sleep(300);
  assert.equal(standing('u0').includes('the newest A'), false);
  gate.holds = null;
  await slow.result();
  const newest = await single.result();
  assert.equal((await reportOf(newest.run)).targets.jira?.updated, 1);
  assert.deepEqual(standing('u0'), ['the newest A', 'the newest B', 'the newest C']);
  const writes = jira.journal.writes.length;
  const later = await ended('fullSync', { connector: 'acme', mode: 'verify' });
  assert.deepEqual([later.targets.jira?.unchanged, jira.journal.writes.length - writes], [3, 0]);
});

test('what was written before an odd answer is told as written, and the next run does not call it foreign', async () => {
  edit(1);
  gate.odd = 'userProperty:B';
  const report = await ended('fullSync');
  const { failed, changes } = report.targets.jira ?? {};
  assert.deepEqual([failed, changes?.set], [1, 1], 'the first of three was written and is told');
  const listed = await listChanges(ledger, report.run, { after: null, limit: 10, target: null, status: null });
  const statusOf = (attribute: string) => listed.find((change) => change.attribute === attribute)?.status;
  assert.equal(statusOf('userProperty:A'), 'applied');
  assert.notEqual(statusOf('userProperty:B'), 'applied');
  gate.odd = null;
  edit(1);
  assert.equal((await ended('fullSync')).targets.jira?.updated, 1);
  assert.deepEqual(standing('u0'), [`round ${round} A`, `round ${round} B`, `round ${round} C`]);
});

test('a run cancelled in the middle of a person tells of every value that stands at the target', async () => {
  edit(5);
  const before = jira.journal.writes.length;
  gate.holds = 'u0';
  gate.after = jira.journal.writes.filter(({ username }) => username === 'u0').length + 1;
  const handle = await start('fullSync');
  await until(() => gate.waiting > 0 && held('u0') && jira.journal.writes.length >= before + 4);
  await handle.cancel();
  await assert.rejects(handle.result());
  const report = await reportOf(handle.firstExecutionRunId);
  assert.equal(report.status, 'cancelled');
  assert.equal(report.targets.jira?.changes.set, jira.journal.writes.length - before);
  gate.holds = null;
  edit(5);
  // Under `onlyOurs` a value of ours that counted as somebody else's would stay for good.
  const next = await ended('fullSync');
  assert.equal(next.targets.jira?.updated, 5);
  for (const name of names.slice(0, 5)) assert.deepEqual(standing(name)[0], `round ${round} A`);
});

test('a plan that is stored once more by whoever woke up late changes no outcome', async () => {
  edit(4);
  const report = await ended('fullSync');
  const { run } = report;
  const before = await listOutcomes(ledger, run, { after: null, limit: 100, target: null, outcome: null });
  const writer = { connector: 'acme', target: { id: 'jira', basis: Buffer.alloc(32) }, run };
  const late = [0, 1, 2, 3].map((pos) => ({
    pos,
    person: `id-${pos}`,
    changes: [],
    rows: new Map(),
    adopted: 0,
    stood: [],
    outcome: { target: 'jira', person: `id-${pos}`, outcome: 'planned', reason: 'planned' } as const,
    leftAlone: [],
    found: null,
    record: null,
    seen: null,
  }));
  assert.equal(await storePlan(ledger, writer, late), 0);
  assert.deepEqual(await listOutcomes(ledger, run, { after: null, limit: 100, target: null, outcome: null }), before);
  assert.equal(before.filter(({ outcome }) => outcome === 'updated').length, 4);
});

test('two connectors that claim the same accounts in opposite order hold each other up nowhere', async () => {
  const row = { version: 1, mode: 'full', intent: 'apply', person: null, startedBy: 'test' } as const;
  for (const id of ['a', 'b']) await createRun(ledger, { ...row, id, connector: id, workflowId: id });
  const asked = names.map((name) => ({ person: `id-${name}`, account: name, read: { number: 1, at: new Date(0) } }));
  const orders = { a: asked, b: [...asked].reverse() };
  const claimAll = async (id: 'a' | 'b'): Promise<number> => {
    const writer = { connector: id, target: { id: 'shared', basis: Buffer.alloc(32) }, run: id };
    const { claim, answers } = await claimGroup(ledger, writer, orders[id]);
    const mine = [...answers.values()].flatMap((one) => (one.refused === null ? [one] : []));
    for (const one of answers.values())
      assert.ok(one.refused === null || one.refused === 'claimed', String(one.refused));
    await giveBack(
      ledger,
      'shared',
      claim,
      mine.map((one) => ({ person: one.person, account: one.person.slice(3), turn: one.turn })),
    );
    return mine.length;
  };
  for (let time = 0; time < 10; time += 1) {
    const got = await Promise.all([claimAll('a'), claimAll('b')]);
    assert.ok(got[0] + got[1] >= names.length, `${got} of ${names.length}`);
  }
  const looks = await lookAt(ledger, { connector: 'a', target: 'shared' }, asked);
  assert.ok(
    [...looks.values()].every(({ inDoubt }) => !inDoubt),
    'nothing is left claimed or in doubt',
  );
});

test('a group is claimed and recorded in a few statements, however many people it has', async () => {
  edit(100);
  const planned = await ended('fullSync', { connector: 'acme', intent: 'plan' });
  const run = await findRun(ledger, planned.run);
  assert.ok(run);
  const counted = { statements: 0 };
  const counter: KyselyPlugin = {
    transformQuery: ({ node }) => {
      counted.statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const counting: Ledger = { ...ledger, db: ledger.db.withPlugin(counter) };
  // A held plan is worked on by nobody but whoever it was approved for.
  const row = { connector: 'acme', version: run.version, mode: 'full', intent: 'apply', person: null } as const;
  await createRun(ledger, { ...row, id: 'counted', workflowId: 'counted', startedBy: 'test' });
  const call: Call = {
    signal: new AbortController().signal,
    deadline: Number.POSITIVE_INFINITY,
    count: () => undefined,
  };
  const open = { patienceMs: 0, leavers: keepLeavers, ...connector, ...running.pinned };
  const work: Work = { ledger: counting, connector: open, run: { ...run, id: 'counted' }, call, now: Date.now };
  const due = await dueUsers(ledger, { target: 'jira', run: run.id }, { from: 0, to: 1_000 });
  const statements = async (people: number, from: number): Promise<number> => {
    counted.statements = 0;
    assert.equal(
      await applyGroup(work, targetAt(work, 'jira'), due.slice(from, from + people), async () => undefined),
      people,
    );
    return counted.statements;
  };
  await statements(2, 0);
  const few = await statements(2, 2);
  const many = await statements(50, 4);
  assert.equal(many, few);
  assert.ok(many <= 4, `${many} statements for a group`);
});
