import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Ledger } from '../../../src/ledger/open.ts';
import { openLedger } from '../../../src/ledger/open.ts';
import { acquireSlots, releaseSlots, renewSlots, stopWaiting, waitingAt } from '../../../src/ledger/runs/slots.ts';
import { freshDatabase } from '../../fixtures/database.ts';

describe('slots of a target', () => {
  let ledger: Ledger;
  let second: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    const fresh = await freshDatabase();
    ledger = fresh.ledger;
    second = await openLedger({ url: fresh.url, keys: fresh.keys });
    close = async () => {
      await second.close();
      await fresh.close();
    };
  });
  after(() => close());

  const request = (holder: string, over: object = {}) => ({
    want: 2,
    inFlight: 4,
    holder,
    single: false,
    seconds: 60,
    ...over,
  });

  it('are never more than inFlight, whatever the holders of two processes ask for', async () => {
    const holders = fc.array(
      fc.record({ want: fc.integer({ min: 1, max: 6 }), single: fc.boolean(), rounds: fc.integer({ min: 1, max: 4 }) }),
      { minLength: 2, maxLength: 8 },
    );
    let serial = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), holders, async (inFlight, asking) => {
        serial += 1;
        const target = `property-${serial}`;
        let out = 0;
        let most = 0;
        await Promise.all(
          asking.map(async ({ want, single, rounds }, index) => {
            const mine = index % 2 === 0 ? ledger : second;
            const holder = `holder-${index}`;
            for (let round = 0; round < rounds; round += 1) {
              const got = await acquireSlots(mine, target, { want, inFlight, holder, single, seconds: 60 });
              assert.ok(got <= want);
              out += got;
              most = Math.max(most, out);
              assert.ok(out <= inFlight, `${out} slots of ${inFlight} are out`);
              await sleep(1);
              out -= got;
              await releaseSlots(mine, target, holder);
            }
          }),
        );
        assert.ok(most > 0, 'nobody ever got a slot');
      }),
      { numRuns: 25 },
    );
  });

  it('are all there for batches, and the next that falls free goes to a single person who waits', async () => {
    assert.equal(await acquireSlots(ledger, 'next', request('batch', { want: 9 })), 4);
    assert.equal(await acquireSlots(ledger, 'next', request('person', { single: true, want: 1 })), 0);
    assert.deepEqual([await renewSlots(second, 'next', 'batch', 60), await waitingAt(second, 'next')], [4, 1]);
    await releaseSlots(ledger, 'next', 'batch', true);
    assert.equal(await acquireSlots(second, 'next', request('late batch')), 0, 'it is kept for the person');
    assert.equal(await acquireSlots(ledger, 'next', request('person', { single: true, want: 1 })), 1);
    assert.deepEqual([await renewSlots(second, 'next', 'batch', 60), await waitingAt(second, 'next')], [3, 0]);
    await releaseSlots(ledger, 'next', 'person');
    assert.equal(await acquireSlots(second, 'next', request('late batch')), 1);
    assert.equal(await acquireSlots(ledger, 'narrow', request('batch', { inFlight: 1 })), 1);
  });

  it('are kept for nobody who has gone away', async () => {
    assert.equal(await acquireSlots(ledger, 'gone', request('batch', { inFlight: 1 })), 1);
    assert.equal(await acquireSlots(ledger, 'gone', request('person', { inFlight: 1, single: true, want: 1 })), 0);
    await releaseSlots(ledger, 'gone', 'batch');
    await stopWaiting(ledger, 'gone', 'person');
    assert.equal(await acquireSlots(ledger, 'gone', request('late batch', { inFlight: 1 })), 1);
  });

  it('come back when a holder releases them or lets them expire', async () => {
    assert.equal(await acquireSlots(ledger, 'return', request('a', { want: 3, seconds: 0.05 })), 3);
    await sleep(80);
    assert.equal(await renewSlots(ledger, 'return', 'a', 60), 0);
    assert.equal(await acquireSlots(ledger, 'return', request('b', { want: 3 })), 3);
    await releaseSlots(ledger, 'return', 'b');
    assert.equal(await acquireSlots(ledger, 'return', request('c', { want: 3 })), 3);
    assert.equal(await renewSlots(ledger, 'return', 'c', 60), 3);
  });

  it('under a lowered limit count those still out under the higher one', async () => {
    assert.equal(await acquireSlots(ledger, 'lowered', request('a', { want: 7, inFlight: 8 })), 7);
    assert.equal(await acquireSlots(ledger, 'lowered', request('b', { single: true })), 0);
    assert.equal(await acquireSlots(ledger, 'lowered', request('c')), 0);
    await releaseSlots(ledger, 'lowered', 'a');
    assert.equal(await acquireSlots(ledger, 'lowered', request('c', { want: 9 })), 3);
  });

  it('of one target are no matter to another', async () => {
    assert.equal(await acquireSlots(ledger, 'jira', request('a')), 2);
    assert.equal(await acquireSlots(ledger, 'wiki', request('a')), 2);
  });
});
