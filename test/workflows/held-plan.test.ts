import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { guardSchema } from '../../src/config/schema/guard.ts';
import { guardRules } from '../../src/core/plan/guard.ts';
import type { AttributeId, Desired } from '../../src/core/profile.ts';
import type { RunIntent, RunMode } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { closeRun } from '../../src/engine/close.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { approvePlan, rejectPlan } from '../../src/ledger/runs/decisions.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memoryTarget } from '../fixtures/directory.ts';
import { editedPeople } from '../fixtures/edited-people.ts';
import { openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const title = 'userProperty:Title' as const;
const team = 'userProperty:Team' as const;
const size = 40;
const { people, put, source, accounts } = editedPeople(size, { title: 'One', team: 'Red' });
const jira = memoryTarget(accounts);
const database = await freshDatabase();
const { ledger } = database;
const mapping = titleMapping(['jira']);
// Each test stands by itself: nothing adds up over several days.
const guard = guardSchema.parse({
  ignoreBelow: 0,
  window: {
    ...Object.fromEntries(Object.keys(guardRules).map((rule) => [rule, 'off'])),
    perAttribute: { changed: 'off', cleared: 'off' },
  },
});
const connector = {
  id: 'acme',
  source,
  targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
  mapping: {
    ...mapping,
    selection: ['login', 'title', 'team'],
    attributes: new Map([['jira', [title, team]]]),
    evaluate: async (user: SourceUser) => {
      const [mapped] = (await mapping.evaluate(user)).values();
      assert.ok(mapped?.kind === 'mapped');
      const value = String(user.attributes.team);
      const desired = new Map<AttributeId, Desired>([
        ...mapped.desired,
        [team, { do: 'set', value, overwrite: 'always' }],
      ]);
      return new Map([['jira', { ...mapped, desired }]]);
    },
  },
  guard,
};
const running = await workerFor(ledger, connector);
after(async () => {
  await running.close();
  await database.close();
});

const sync = async (mode: RunMode, intent: RunIntent = 'apply') => {
  const { run } = await running.execute('fullSync', { connector: 'acme', mode, intent });
  const found = await findRun(ledger, run);
  assert.ok(found?.report);
  return { ...found, report: found.report };
};
const approve = async (run: string): Promise<void> => {
  await approvePlan(ledger, { run, who: 'ann', comment: null });
  await running.execute('applyPlan', { run });
};
const skippedIn = async (run: string, reason: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ person: string }>`select person from outcome where run = ${run} and reason = ${reason}
    order by person`.execute(ledger.db);
  return rows.map(({ person }) => person);
};
/** The people whom a run left to another one, and which. */
const heldIn = async (run: string): Promise<Readonly<Record<string, string>>> => {
  const { rows } = await sql<{ person: string; holder: string }>`select person, facts ->> 'run' as holder from outcome
    where run = ${run} and reason = 'held' order by person`.execute(ledger.db);
  return Object.fromEntries(rows.map(({ person, holder }) => [person, holder]));
};
const expire = async (run: string): Promise<void> => {
  await sql`update run set plan_expires_at = now() where id = ${run}`.execute(ledger.db);
};
const ids = (numbers: readonly number[]): readonly string[] => numbers.map((n) => `id-${n}`);
const held = (n: number) => [title, team].map((attribute) => jira.held.get(`key-${n}`)?.get(attribute));

/** Ten of forty people, where four are let through. */
const many = Array.from({ length: 10 }, (_, n) => n);
const few = [7, 8, 9];

/** Everybody as they were in the beginning, and everything written. */
beforeEach(async () => {
  for (let n = 0; n < size; n += 1) put(n, { title: 'One', team: 'Red' });
  const { id, status } = await sync('full');
  if (status === 'awaitingApproval') await approve(id);
  for (const n of many) assert.deepEqual(held(n), ['One', 'Red']);
});

/** Everybody of those with another title, of which the provider tells no increment, as after a change of groups. */
const retitle = (to: string): void => {
  for (const n of many) {
    const user = people.get(`id-${n}`);
    assert.ok(user);
    people.set(user.id, { ...user, attributes: { ...user.attributes, title: to } });
  }
};

/** A plan of everybody that the guard holds because of those titles. */
const holdTitles = async (intent: RunIntent = 'apply'): Promise<string> => {
  retitle('Two');
  const { id, status, guard } = await sync('full', intent);
  assert.equal(status, intent === 'plan' ? 'planned' : 'awaitingApproval');
  assert.ok(guard !== null && guard.breaches.length > 0);
  return id;
};

test('an increment leaves the attribute at fault to the plan that is held, and writes the rest of the same people', async () => {
  const plan = await holdTitles();
  for (const [at, n] of few.entries()) {
    if (at === 0) put(n, { title: 'Three' });
    else put(n, { team: 'Blue' });
    const hourly = await sync('delta');
    assert.deepEqual([hourly.status, hourly.report.read.users], ['done', 1]);
    assert.deepEqual(
      await heldIn(hourly.id),
      at === 0 ? { [`id-${n}`]: plan } : {},
      'who is written in part is written',
    );
  }
  assert.deepEqual(few.map(held), [
    ['One', 'Red'],
    ['One', 'Blue'],
    ['One', 'Blue'],
  ]);
  assert.equal((await findRun(ledger, plan))?.status, 'awaitingApproval');
  assert.equal((await sync('delta')).report.read.users, 0, 'the plan has them while it waits');
  await approve(plan);
  assert.deepEqual(many.map(held), [
    ...Array(7).fill(['Two', 'Red']),
    ['One', 'Red'],
    ['One', 'Blue'],
    ['One', 'Blue'],
  ]);
  assert.deepEqual(await skippedIn(plan, 'sourceMoved'), ids(few));
  assert.equal((await sync('delta')).report.read.users, few.length);
  assert.deepEqual(few.map(held), [
    ['Three', 'Red'],
    ['Two', 'Blue'],
    ['Two', 'Blue'],
  ]);
});

for (const [end, giveUp] of [
  ['is rejected', (run: string) => rejectPlan(ledger, { run, who: 'ann', comment: 'not now' })],
  ['expires', (run: string) => expire(run)],
  [
    'is cancelled once it was approved',
    async (run: string) => {
      await approvePlan(ledger, { run, who: 'ann', comment: null });
      await closeRun(ledger, run, { status: 'cancelled', failure: null });
    },
  ],
  [
    'gives way to a plan that nobody approves',
    async (run: string) => {
      const { id, supersededBy } = await sync('verify', 'plan');
      assert.deepEqual([(await findRun(ledger, run))?.supersededBy, supersededBy], [id, null]);
      await rejectPlan(ledger, { run: id, who: 'ann', comment: 'only a look' });
    },
  ],
] as const) {
  test(`when a plan that is held as a whole ${end}, the next increment looks again at whom increments left to it`, async () => {
    const plan = await holdTitles();
    for (const n of few) put(n, { team: 'Blue' });
    assert.equal((await sync('delta')).status, 'done');
    assert.deepEqual(few.map(held), Array(3).fill(['One', 'Blue']));
    await giveUp(plan);
    const next = await sync('delta');
    assert.deepEqual([next.status, next.report.read.users], ['done', few.length]);
    assert.deepEqual(many.map(held), [...Array(7).fill(['One', 'Red']), ...Array(3).fill(['Two', 'Blue'])]);
    assert.equal((await sync('delta')).report.read.users, 0, 'once is enough');
  });
}

test('whom the provider names to an increment later is left to the held plan too, instead of holding every increment', async () => {
  const plan = await holdTitles();
  for (const n of many) put(n, {});
  put(20, { team: 'Blue' });
  const hourly = await sync('delta');
  assert.deepEqual([hourly.status, hourly.guard?.breaches], ['done', []]);
  assert.deepEqual(Object.values(await heldIn(hourly.id)), Array(10).fill(plan));
  assert.deepEqual(
    [held(0), held(20)],
    [
      ['One', 'Red'],
      ['One', 'Blue'],
    ],
  );
  await approve(plan);
  assert.deepEqual(many.map(held), Array(10).fill(['Two', 'Red']));
});

test('a plan that was only asked for, and exceeds a limit, has its attributes at fault too; a new version has not', async () => {
  const plan = await holdTitles('plan');
  put(9, { team: 'Blue' });
  await sync('delta');
  assert.deepEqual(held(9), ['One', 'Blue']);
  running.pinned.version = await storeConnector(ledger, {
    ...{ connector: 'acme', managedBy: 'file', definition: { mended: plan }, createdBy: 'test', comment: null },
  });
  const whole = await sync('delta');
  assert.deepEqual([whole.status, whole.report.targets.jira?.planned], ['awaitingApproval', 10]);
  assert.equal((await findRun(ledger, plan))?.status, 'planned');
});

test('an increment that begins at the start is held as a whole beside the plan of its version, and writes none of it', async () => {
  running.pinned.version = await storeConnector(ledger, {
    ...{ connector: 'acme', managedBy: 'file', definition: { another: 1 }, createdBy: 'test', comment: null },
  });
  const plan = await holdTitles();
  put(20, { team: 'Blue' });
  const { status, id } = await sync('delta');
  assert.deepEqual([status, await heldIn(id)], ['awaitingApproval', {}]);
  assert.deepEqual(held(20), ['One', 'Red']);
  assert.equal((await findRun(ledger, plan))?.status, 'awaitingApproval');
});

test('where people are missing, no attribute is at fault: an increment writes whom it reads', async () => {
  const gone = [...people].slice(30);
  for (const [id] of gone) people.delete(id);
  retitle('One');
  put(9, { title: 'Two' });
  const { status, guard } = await sync('full');
  assert.deepEqual([status, guard?.breaches.map(({ rule }) => rule)], ['awaitingApproval', ['directoryShrink']]);
  const hourly = await sync('delta');
  assert.deepEqual([hourly.status, await heldIn(hourly.id)], ['done', {}]);
  assert.deepEqual(held(9), ['Two', 'Red']);
  for (const [id, user] of gone) people.set(id, user);
});

test('a retry leaves what a held plan has alone, and what a held increment has', async () => {
  const full = await sync('full');
  for (const mode of ['full', 'delta'] as const) {
    if (mode === 'delta') for (const n of many) put(n, { title: 'Two' });
    const plan = mode === 'full' ? await holdTitles() : (await sync('delta')).id;
    await sql`insert into outcome (run, target, person, outcome, reason)
      values (${full.id}, 'jira', 'id-1', 'failed', 'refused') on conflict do nothing`.execute(ledger.db);
    const { run } = await running.execute('fullSync', { connector: 'acme', retry: full.id });
    assert.deepEqual(await heldIn(run), { 'id-1': plan });
    assert.deepEqual(held(1), ['One', 'Red']);
    await rejectPlan(ledger, { run: plan, who: 'ann', comment: null });
    if (mode === 'full') retitle('One');
  }
});

test('a plan that was only asked for is shown with what it exceeds, and can be approved, where runs that exceed it fail', async () => {
  connector.guard = { ...guard, onBreach: 'fail' };
  try {
    retitle('Two');
    await assert.rejects(running.execute('fullSync', { connector: 'acme', mode: 'full' }));
    const { id, status, failure, guard: judged } = await sync('full', 'plan');
    assert.deepEqual([status, failure, judged?.breaches.length === 0], ['planned', null, false]);
    assert.deepEqual(held(1), ['One', 'Red']);
    await approve(id);
    assert.deepEqual(many.map(held), Array(10).fill(['Two', 'Red']));
  } finally {
    connector.guard = guard;
  }
});
