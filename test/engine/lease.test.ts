import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../src/core/call.ts';
import { inLanes } from '../../src/engine/apply/lanes.ts';
import { withSlots } from '../../src/engine/apply/lease.ts';
import { paceOf } from '../../src/engine/apply/pace.ts';
import { acquireSlots, releaseSlots } from '../../src/ledger/runs/slots.ts';
import { freshDatabase } from '../fixtures/database.ts';

const callUntil = (ms: number): Call => ({
  signal: AbortSignal.timeout(ms),
  deadline: Number.POSITIVE_INFINITY,
  count: () => undefined,
});

describe('a lease of slots', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());

  const free = async (target: string): Promise<number> => {
    const got = await acquireSlots(database.ledger, target, {
      ...{ want: 9, inFlight: 4, holder: 'looking', single: false, seconds: 5 },
    });
    await releaseSlots(database.ledger, target, 'looking');
    return got;
  };

  it('grows to all slots of a target of which nobody else wants any, and gives all of them back', async () => {
    const { ledger } = database;
    const all = Promise.withResolvers<void>();
    const call = callUntil(10_000);
    call.signal.addEventListener('abort', () => all.reject(new Error('four were never at work together')));
    let atOnce = 0;
    let most = 0;
    await withSlots({ ledger, call }, { id: 'alone', inFlight: 4 }, false, (lease) =>
      inLanes(lease, [1, 2, 3, 4, 5, 6].values(), async () => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        if (atOnce === 4) all.resolve();
        await all.promise;
        atOnce -= 1;
      }),
    );
    assert.equal(most, 4);
    assert.equal(await free('alone'), 4);
  });

  it('comes back to work that lent its slot on one that another of its lanes does not need any more', async () => {
    const { ledger } = database;
    const call = callUntil(20_000);
    const person = { want: 1, inFlight: 2, holder: 'person', single: true, seconds: 60 };
    const served = Promise.withResolvers<void>();
    call.signal.addEventListener('abort', () => served.reject(new Error('nobody lent a slot')));
    const done: string[] = [];
    const work = withSlots({ ledger, call }, { id: 'lent', inFlight: 2 }, false, (lease) =>
      inLanes(lease, ['lends', 'ends'].values(), async (item) => {
        let hasBeenServed = false;
        served.promise.then(
          () => {
            hasBeenServed = true;
          },
          () => undefined,
        );
        while (item === 'lends' && !hasBeenServed) {
          await lease.lend();
          await sleep(5);
        }
        await served.promise;
        done.push(item);
      }),
    );
    // The lease of two lanes has to have begun, or the person would be served at once.
    while ((await acquireSlots(ledger, 'lent', { ...person, single: false, holder: 'nobody' })) > 0) {
      await releaseSlots(ledger, 'lent', 'nobody');
      await sleep(5);
    }
    // The person keeps the slot to the end, so that the other lane's is the only one to come back on.
    while ((await acquireSlots(ledger, 'lent', person)) === 0) await sleep(5);
    served.resolve();
    await work;
    assert.deepEqual(done.sort(), ['ends', 'lends']);
  });

  it('leaves what it took beyond its half to whoever asks', async () => {
    const { ledger } = database;
    const all = Promise.withResolvers<void>();
    let [atOnce, isOver] = [0, false];
    const untilOver = { next: () => (isOver ? { done: true as const, value: undefined } : { value: 0 }) };
    const work = withSlots({ ledger, call: callUntil(30_000) }, { id: 'shared', inFlight: 4 }, false, (lease) =>
      inLanes(lease, untilOver, async () => {
        atOnce += 1;
        if (atOnce === 4) all.resolve();
        await sleep(20);
        atOnce -= 1;
      }),
    );
    await all.promise;
    const request = { want: 2, inFlight: 4, holder: 'other', single: false, seconds: 60 };
    let got = 0;
    for (const end = performance.now() + 20_000; got === 0 && performance.now() < end; ) {
      got = await acquireSlots(ledger, 'shared', request);
      if (got === 0) await sleep(20);
    }
    isOver = true;
    await work;
    assert.ok(got > 0, 'somebody else got a slot while the work went on');
  });
});

describe('the size of a group', () => {
  it('follows the pace, and leaves every lane another group of the rest', () => {
    const pace = paceOf(1);
    pace.note(10, 200);
    assert.equal(pace.size(1_000, 4), 50);
    assert.equal(pace.size(40, 4), 5);
    assert.equal(pace.size(1, 4), 1);
  });

  it('is never less than the target takes in one request', () => {
    assert.equal(paceOf(50).size(40, 4), 50);
  });
});
