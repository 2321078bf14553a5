import assert from 'node:assert/strict';
import { after, mock, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { Pool } from 'pg';
import type { Call } from '../../src/core/call.ts';
import { Failure } from '../../src/core/failure.ts';
import type { CompiledMapping } from '../../src/core/mapping/mapping.ts';
import { keepLeavers } from '../../src/core/people/leavers.ts';
import type { AttributeId, Change, Desired, Profile } from '../../src/core/profile.ts';
import { applyBatch } from '../../src/engine/apply/apply.ts';
import { judge } from '../../src/engine/judge.ts';
import type { OpenConnector } from '../../src/engine/open/connector.ts';
import { readAccounts } from '../../src/engine/plan/accounts.ts';
import { planBatch } from '../../src/engine/plan/plan.ts';
import { stageUsers } from '../../src/engine/read/stage.ts';
import { targetAt, type Work } from '../../src/engine/work.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { knownOf } from '../../src/ledger/links/known-profile.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { nextRead, storePage } from '../../src/ledger/reading/pages.ts';
import { createRun, findRun } from '../../src/ledger/runs/runs.ts';
import { unseal } from '../../src/ledger/sealing/sealed.ts';
import { writeEach } from '../../src/targets/kit/write-each.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { gatedLedger, steps } from '../fixtures/gated.ts';
import { defaultGuard, openTarget } from '../fixtures/runs.ts';

const database = await freshDatabase();
const { ledger } = database;
const pool = new Pool({ connectionString: database.url, max: 8 });
const clock = { ahead: 0 };
const realNow = performance.now.bind(performance);
mock.method(performance, 'now', () => realNow() + clock.ahead);
after(async () => {
  await pool.end();
  await database.close();
});

const people = ['ada', 'bob', 'cyd'];
const attributes: readonly AttributeId[] = ['userProperty:X', 'userProperty:Y'];
const [, second] = attributes;
const account = (username: string): Account => ({ key: username, username, email: null, active: true });
const everybody = { from: 0, to: 1_000 };

/** What a write in flight will do when it arrives, whoever sent it and whatever became of them. */
type Parcel = {
  readonly run: string;
  readonly key: string;
  readonly attribute: AttributeId;
  readonly value: string | null;
};
/** Who touched a value at the target last, and every value that a hand ever gave it. */
type Trace = {
  last: string;
  touched: boolean;
  readonly byHand: Set<string | null>;
  readonly sent: Map<string, number>;
};

/** One value of the source, one person, one actor: what commands are drawn from. */
const value = fc.constantFrom('s1', 's2', 's3', null);
const person = fc.nat(people.length - 1);
const attribute = fc.constantFrom(...attributes);
const command = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant('step' as const), who: fc.nat(3), times: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('run' as const), person: fc.option(person) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), person, attribute, value }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('hand' as const),
      person,
      attribute,
      value: fc.constantFrom('s1', 'h1', 'h2', null),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), who: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), who: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), who: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('arrive' as const), which: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(20, 60, 700) }) },
);
type Command = typeof command extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** Somebody at work on a run: an attempt of its plan and apply steps. */
type Actor = {
  readonly run: string;
  readonly steps: ReturnType<typeof steps>;
  readonly done: Promise<unknown>;
  over: boolean;
  cut: boolean;
  parcel: Parcel | null;
};

let serial = 0;

/** A small world: a source, a target with requests under way, and the actors, all over one real ledger. */
const openWorld = async () => {
  serial += 1;
  const connector = `acme-${serial}`;
  const at = `jira-${serial}`;
  const source = new Map(
    people.map((id) => [id, new Map<AttributeId, string | null>(attributes.map((one) => [one, 's1']))]),
  );
  const held = new Map(people.map((id) => [id, new Map<AttributeId, string>()]));
  const traces = new Map<string, Trace>();
  const parcels: Parcel[] = [];
  const actors: Actor[] = [];
  const harm = new Map<string, number>();
  const traceOf = (key: string, of: AttributeId): Trace => {
    const known = traces.get(`${key} ${of}`) ?? {
      last: 'nobody',
      touched: false,
      byHand: new Set([null]),
      sent: new Map(),
    };
    traces.set(`${key} ${of}`, known);
    return known;
  };
  const put = (key: string, of: AttributeId, what: string | null, by: string): void => {
    if (what === null) held.get(key)?.delete(of);
    else held.get(key)?.set(of, what);
    traceOf(key, of).last = by;
  };
  const arrive = (parcel: Parcel): void => {
    parcels.splice(parcels.indexOf(parcel), 1);
    put(parcel.key, parcel.attribute, parcel.value, parcel.run);
  };
  const mapping: CompiledMapping = {
    reads: { scope: [], attributes: new Map() },
    matchRules: new Map([[at, 'login']]),
    readsGroups: false,
    selection: ['login'],
    attributes: new Map([[at, attributes]]),
    evaluate: async (user) => {
      const desired = new Map<AttributeId, Desired>(
        attributes.map((one) => {
          const want = user.attributes[one];
          if (typeof want !== 'string') return [one, { do: 'clear', whose: 'ours' }];
          return [one, { do: 'set', value: want, overwrite: one === second ? 'onlyOurs' : 'always' }];
        }),
      );
      return new Map([
        [at, { kind: 'mapped', desired, rows: new Map(), kept: [], match: [{ by: 'username', values: [user.id] }] }],
      ]);
    },
  };
  const product = memoryTarget(people.map(account));
  /** The target as an actor sees it: every request is a step, and may be cut off or outlive its sender. */
  const targetFor = (actor: Actor) =>
    openTarget(
      at,
      {
        ...product.target,
        readProfile: async ({ key }, _attributes, call) => {
          await actor.steps.gate();
          call.signal.throwIfAborted();
          call.count('read');
          return new Map(held.get(key));
        },
        applyChanges: async ({ key }, changes, call) =>
          writeEach(
            changes,
            {
              atOnce: false,
              look: async () => {
                await actor.steps.gate();
                call.signal.throwIfAborted();
                return { profile: new Map(held.get(key)) as Profile };
              },
              write: ([change]) => send(actor, key, change, call),
            },
            call,
          ),
      },
      2,
    );
  const send = async (actor: Actor, key: string, change: Change | undefined, call: Call) => {
    assert.ok(change);
    await actor.steps.gate();
    call.signal.throwIfAborted();
    call.count('write');
    const parcel: Parcel = { run: actor.run, key, attribute: change.attribute, value: change.after };
    const { sent } = traceOf(key, change.attribute);
    sent.set(actor.run, (sent.get(actor.run) ?? 0) + 1);
    parcels.push(parcel);
    actor.parcel = parcel;
    await actor.steps.gate();
    actor.parcel = null;
    if (actor.cut || !parcels.includes(parcel)) {
      actor.cut = false;
      throw new Failure('unavailable', 'The target gave no answer.', { waitMs: 5_000 });
    }
    arrive(parcel);
    return { came: 'answered', status: 'applied' } as const;
  };
  const open = (target: ReturnType<typeof targetFor>, version: number): OpenConnector => ({
    id: connector,
    version,
    source: memorySource(new Map(), 1).source,
    targets: new Map([[at, target]]),
    mapping,
    guard: defaultGuard,
    patienceMs: 0,
    leavers: keepLeavers,
  });
  const version = await storeConnector(ledger, {
    connector,
    managedBy: 'file',
    definition: {},
    createdBy: 'test',
    comment: null,
  });
  const call: Call = {
    signal: new AbortController().signal,
    deadline: Number.POSITIVE_INFINITY,
    count: () => undefined,
  };
  const workOf = async (actor: Actor, over: Ledger): Promise<Work> => {
    const run = await findRun(ledger, actor.run);
    assert.ok(run);
    return { ledger: over, connector: open(targetFor(actor), version), run, call, now: Date.now };
  };
  /** One statement is one step; slots are not what is looked at here. */
  const stepwise = (gate: () => Promise<void>) =>
    gatedLedger(ledger, pool, async (text) => {
      if (text.includes('slot_wait') || text.includes('target_slot'))
        return { rows: [{ taken: 1, held: 9, waiting: 0 }] };
      await gate();
      return null;
    });
  const attempt = (run: string): Actor => {
    const own = steps();
    const over = stepwise(own.gate);
    const actor: Actor = { run, steps: own, done: Promise.resolve(), over: false, cut: false, parcel: null };
    const work = async (): Promise<void> => {
      let mine = await workOf(actor, over);
      const target = targetAt(mine, at);
      for (const step of [planBatch, applyBatch]) {
        for (
          let rest = await step(mine, target, everybody);
          rest !== null;
          rest = await step(mine, target, everybody)
        ) {
          await own.gate();
        }
        // Nothing is written that was not judged; what is judged is not looked at here.
        if (step === planBatch) {
          await judge({ ...mine, ledger });
          mine = await workOf(actor, over);
        }
      }
    };
    const done = own
      .gate()
      .then(work)
      .catch((error: unknown) => {
        assert.ok(error instanceof Failure, `${error instanceof Error ? error.stack : error}`);
      })
      .finally(() => {
        actor.over = true;
        return over.close();
      });
    const started = Object.assign(actor, { done });
    done.catch(() => undefined);
    actors.push(started);
    return started;
  };
  const begin = async (who: string | null): Promise<string> => {
    const id = `run-${serial}-${actors.length}-${Math.random().toString(36).slice(2)}`;
    await createRun(ledger, {
      id,
      connector,
      version,
      mode: 'full',
      intent: 'apply',
      person: who,
      workflowId: id,
      startedBy: 'test',
    });
    const read = await nextRead(ledger);
    const actor: Actor = { run: id, steps: steps(), done: Promise.resolve(), over: false, cut: false, parcel: null };
    const work = await workOf(actor, ledger);
    const users = people
      .filter((one) => who === null || who === one)
      .map((one) => ({ id: one, attributes: Object.fromEntries(source.get(one) ?? []) }));
    const mapped = await stageUsers(work, users, { read, positions: new Map(), counted: new Set() });
    const seen = users.map((user) => user.id);
    const page = { readNo: 0, pageNo: 0, place: null, next: null, watermark: null, ended: true, again: [] };
    await storePage(ledger, id, { ...page, seen, read, taken: { mapped: true, reads: [], ...mapped } });
    await readAccounts(work, targetAt(work, at));
    return id;
  };
  return { connector, at, source, held, parcels, actors, harm, traceOf, put, arrive, begin, attempt };
};

type World = Awaited<ReturnType<typeof openWorld>>;

const passTime = async ({ at, actors, parcels }: World, seconds: number): Promise<void> => {
  clock.ahead += seconds * 1000;
  const span = sql`make_interval(secs => ${seconds})`;
  await sql`update account_claim set ends_at = ends_at - ${span} where target = ${at}`.execute(ledger.db);
  await sql`update left_doubt set ended_at = ended_at - ${span} where target = ${at}`.execute(ledger.db);
  // No request arrives ten minutes after its sender's claim has ended.
  if (seconds > 645) {
    parcels.length = 0;
    for (const actor of actors) actor.parcel = null;
  }
};

const carryOut = async (world: World, order: Command): Promise<void> => {
  const living = world.actors.filter(({ over, steps: { actor } }) => !over && actor.alive);
  const someone = 'who' in order ? living[order.who % Math.max(living.length, 1)] : undefined;
  switch (order.do) {
    case 'run':
      if (living.length < 3)
        world.attempt(await world.begin(order.person === null ? null : (people[order.person] ?? null)));
      break;
    case 'again':
      if (someone !== undefined && living.length < 4) {
        world.harm.set(someone.run, (world.harm.get(someone.run) ?? 0) + 1);
        world.attempt(someone.run);
      }
      break;
    case 'step':
      for (let n = 0; n < order.times && someone !== undefined; n += 1) await someone.steps.step(someone.done);
      break;
    case 'kill':
      if (someone === undefined) break;
      someone.steps.kill();
      world.harm.set(someone.run, (world.harm.get(someone.run) ?? 0) + 1);
      world.attempt(someone.run);
      break;
    case 'cut':
      if (someone?.parcel == null) break;
      someone.cut = true;
      world.harm.set(someone.run, (world.harm.get(someone.run) ?? 0) + 1);
      break;
    case 'arrive': {
      const parcel = world.parcels[order.which];
      const sender = world.actors.find((one) => one.parcel === parcel);
      if (parcel !== undefined && (sender === undefined || !sender.steps.actor.alive)) world.arrive(parcel);
      break;
    }
    case 'edit':
      world.source.get(people[order.person] ?? '')?.set(order.attribute, order.value);
      break;
    case 'hand': {
      const key = people[order.person] ?? '';
      world.put(key, order.attribute, order.value, 'hand');
      const trace = world.traceOf(key, order.attribute);
      trace.byHand.add(order.value);
      trace.touched = true;
      break;
    }
    case 'wait':
      await passTime(world, order.seconds);
  }
};

/** What must be so at every moment. */
const check = async (world: World): Promise<void> => {
  const { connector, at, held, traceOf, parcels, harm } = world;
  const { rows: doubts } = await sql<{ person: string }>`select person from doubt where target = ${at}`.execute(
    ledger.db,
  );
  const doubted = new Set(doubts.map((row) => row.person));
  for (const { key } of parcels) assert.ok(doubted.has(key), 'a write is under way at an account that is not in doubt');
  const { rows: profiles } = await sql<{ person: string; values: Buffer; digest: Buffer | null }>`select person,
    values_sealed as values, digest from profile where connector = ${connector} and values_sealed is not null`.execute(
    ledger.db,
  );
  for (const { person: who, values, digest } of profiles) {
    if (doubted.has(who)) {
      assert.equal(digest, null, 'an account in doubt has no digest');
      continue;
    }
    for (const [one, { value: known, unsure }] of knownOf(
      unseal(ledger, 'values', { target: at, person: who }, values),
    )) {
      if (unsure === true || traceOf(who, one).last === 'hand') continue;
      assert.equal(
        held.get(who)?.get(one) ?? null,
        known,
        `the ledger remembers a value of ${who} ${one} that the target does not hold`,
      );
    }
  }
  type Row = {
    run: string;
    person: string;
    attribute: AttributeId;
    status: string;
    reason: string | null;
    foreign: boolean;
    before: Buffer | null;
  };
  const { rows: changes } = await sql<Row>`select c.run, c.person, c.attribute, c.status, c.reason, c."foreign",
    c.before_sealed as before from change c where c.target = ${at}`.execute(ledger.db);
  for (const change of changes) {
    const trace = traceOf(change.person, change.attribute);
    const { run, person, attribute } = change;
    const before = unseal(ledger, 'before', { run, target: at, person, attribute }, change.before);
    if (change.foreign) assert.ok(trace.byHand.has(before), 'a value of ours became foreign');
    const sent = trace.sent.get(change.run) ?? 0;
    assert.ok(
      sent <= 1 + (harm.get(change.run) ?? 0),
      `${sent} writes of one value after ${harm.get(change.run) ?? 0} mishaps`,
    );
    if (change.status === 'rejected') {
      assert.notEqual(trace.last, change.run, `what was written is reported refused (${change.reason})`);
    }
  }
};

/** Lets everybody end who lives, and then looks at everybody twice: nothing is left, lost or in doubt. */
const settle = async (world: World): Promise<void> => {
  const finish = async (): Promise<void> => {
    for (let n = 0; n < 4_000; n += 1) {
      const living = world.actors.filter(({ over, steps: { actor } }) => !over && actor.alive);
      const [next] = living.slice(n % Math.max(living.length, 1));
      if (next === undefined) return;
      await next.steps.step(next.done);
      if (n % 200 === 199) await passTime(world, 60);
    }
    assert.fail('somebody never came to an end');
  };
  await finish();
  for (let round = 0; round < 2; round += 1) {
    await passTime(world, 700);
    world.attempt(await world.begin(null));
    await finish();
  }
  await check(world);
  const { rows } = await sql`select 1 from doubt where target = ${world.at}
    union all select 1 from account_claim where target = ${world.at} and ends_at > clock_timestamp()`.execute(
    ledger.db,
  );
  assert.equal(rows.length, 0, 'nothing is in doubt or claimed');
  for (const [key, wanted] of world.source) {
    for (const one of attributes) {
      const want = wanted.get(one) ?? null;
      // What a hand put there after the ledger recorded the account stands until it is verified.
      if (!world.traceOf(key, one).touched)
        assert.equal(world.held.get(key)?.get(one) ?? null, want, `${key} ${one} is lost`);
    }
  }
};

test('whatever is killed, cut off, late, edited by hand or begun twice: the ledger knows what the target holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 60, size: 'max' }), async (orders) => {
      const world = await openWorld();
      try {
        for (const order of orders) {
          await carryOut(world, order);
          await check(world);
        }
        await settle(world);
      } finally {
        for (const actor of world.actors) actor.steps.kill();
      }
    }),
    { numRuns: Number(process.env.ATTUNE_MODEL_RUNS ?? 30), endOnFailure: process.env.ATTUNE_MODEL_RUNS !== undefined },
  );
});
