import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import type { AttributeId, Change } from '../../../src/core/profile.ts';
import { type Attempt, attemptEnded } from '../../../src/targets/kit/attempt.ts';
import { writeEach } from '../../../src/targets/kit/write-each.ts';
import { countingCall } from '../fixtures/product.ts';
import { endedBy, statuses } from '../fixtures/written.ts';

const id = (name: string): AttributeId => `userProperty:${name}`;
const change = (name: string): Change => ({ attribute: id(name), before: null, after: `new ${name}` });
const all = ['A', 'B', 'C'].map(change);
const applied: Attempt = { came: 'answered', status: 'applied' };
const refused: Attempt = { came: 'answered', status: 'rejected', reason: 'no' };
const outOfReach: Attempt = { came: 'outOfReach', why: new Failure('rejected', 'guarded', { skips: 'protected' }) };

/** An account in memory; `meet` decides what becomes of a request before it is carried out. */
const account = (
  meet: (names: string, held: Map<AttributeId, string>, nth: number) => Attempt | null,
  atOnce = false,
) => {
  const held = new Map<AttributeId, string>();
  const sent: string[] = [];
  let looks = 0;
  const writer = {
    atOnce,
    look: async () => {
      looks += 1;
      return { profile: new Map(held) };
    },
    write: async (changes: readonly Change[]): Promise<Attempt> => {
      const names = changes.map(({ attribute }) => attribute.split(':')[1]).join('');
      sent.push(names);
      const met = meet(names, held, sent.length);
      if (met !== null && met !== applied) return met;
      for (const { attribute, after } of changes) {
        if (after === null) held.delete(attribute);
        else held.set(attribute, after);
      }
      return applied;
    },
  };
  return { writer, held, sent, looks: () => looks };
};

const { call } = countingCall();

describe('an answer for every change', () => {
  test('what was written before a request that tells nothing is kept; that one is unknown, the rest was never sent', async () => {
    const { writer } = account((name) => (name === 'B' ? attemptEnded(new Failure('wrongShape', 'odd page')) : null));
    const written = await writeEach(all, writer, call);
    assert.deepEqual(statuses(written), ['applied', 'unknown', 'unsent']);
    assert.equal(endedBy(written), 'wrongShape');
  });

  test('a request that certainly was not carried out is not in doubt', async () => {
    const down = new Failure('unavailable', 'left alone', { unsent: true });
    const { writer } = account((name) => (name === 'B' ? attemptEnded(down) : null));
    assert.deepEqual(statuses(await writeEach(all, writer, call)), ['applied', 'unsent', 'unsent']);
  });

  test('an abort in the middle keeps what was answered', async () => {
    const controller = new AbortController();
    const { writer } = account((name) => {
      if (name === 'B') controller.abort(new Error('cancelled'));
      return null;
    });
    const written = await writeEach(all, writer, countingCall(controller.signal).call);
    assert.deepEqual(statuses(written), ['applied', 'applied', 'unsent']);
    assert.equal(written.ended, controller.signal.reason);
  });

  test('an account that cannot be looked at is answered for too', async () => {
    const gone = new Failure('notFound', 'gone');
    const { writer } = account(() => null);
    const written = await writeEach(all, { ...writer, look: () => Promise.reject(gone) }, call);
    assert.deepEqual(statuses(written), ['unsent', 'unsent', 'unsent']);
    assert.equal(written.ended, gone);
  });

  test('a writer that throws leaves its request in doubt', async () => {
    const { writer } = account(() => null);
    const written = await writeEach(all, { ...writer, write: () => Promise.reject(new Error('bug')) }, call);
    assert.deepEqual(statuses(written), ['unknown', 'unsent', 'unsent']);
  });
});

test('an answer nobody understands is about the account alone when that is gone by now', async () => {
  const { writer } = account(() => attemptEnded(new Failure('wrongShape', 'odd page')));
  const gone = new Failure('notFound', 'gone');
  let looks = 0;
  const look = () => (++looks === 1 ? writer.look() : Promise.reject(gone));
  const written = await writeEach(all, { ...writer, look }, call);
  assert.deepEqual(statuses(written), ['unknown', 'unsent', 'unsent']);
  assert.equal(written.ended, gone);
});

describe('out of reach', () => {
  test('ends as protected when nothing was written', async () => {
    const written = await writeEach(all, account(() => outOfReach).writer, call);
    assert.deepEqual(statuses(written), ['unsent', 'unsent', 'unsent']);
    assert.equal(endedBy(written), 'rejected');
  });

  test('in mid-work: what was written is told, the rest is refused', async () => {
    const { writer } = account((name) => (name === 'A' ? null : outOfReach));
    const written = await writeEach(all, writer, call);
    assert.deepEqual(statuses(written), ['applied', 'rejected', 'rejected']);
    assert.equal(written.ended, null);
  });
});

describe('the account is looked at anew', () => {
  test('before a write that was turned away: an edit by hand meanwhile is left alone', async () => {
    const { writer, held } = account((_, now, nth) => {
      if (nth !== 2) return null;
      now.set(id('B'), 'by hand');
      return { came: 'turnedAway', why: null };
    });
    const written = await writeEach(all, writer, call);
    assert.deepEqual(statuses(written), ['applied', 'moved', 'applied']);
    assert.equal(held.get(id('B')), 'by hand');
  });

  test('when more than a moment went by, and not before', async () => {
    let now = 0;
    const { writer, held, looks } = account((name, values) => {
      if (name === 'A') now += 500;
      if (name === 'B') {
        values.set(id('C'), 'by hand');
        now += 501;
      }
      return null;
    });
    const written = await writeEach(all, writer, call, () => now);
    assert.deepEqual(statuses(written), ['applied', 'applied', 'moved']);
    assert.equal(held.get(id('C')), 'by hand');
    assert.equal(looks(), 2);
  });

  test('after a refusal, which proves nothing by itself', async () => {
    const { writer } = account((name, now) => {
      if (name === 'B') now.set(id('B'), 'new B');
      return name === 'C' || name === 'B' ? refused : null;
    });
    const written = await writeEach(all, writer, call);
    assert.deepEqual(written.results, [
      { attribute: id('A'), status: 'applied' },
      { attribute: id('B'), status: 'applied' },
      { attribute: id('C'), status: 'rejected', reason: 'no' },
    ]);
  });

  test('a refusal that cannot be looked into is in doubt', async () => {
    const { writer } = account((name) => (name === 'B' ? refused : null));
    let looks = 0;
    const look = () => (++looks === 1 ? writer.look() : Promise.reject(new Failure('unavailable', 'away')));
    const written = await writeEach(all, { ...writer, look }, call);
    assert.deepEqual(statuses(written), ['applied', 'unknown', 'unsent']);
  });

  test('one that is turned away for ever ends with the reason, in no doubt', async () => {
    const why = new Failure('unavailable', 'forgets the session');
    const { writer, sent } = account(() => ({ came: 'turnedAway', why }));
    const written = await writeEach(all, writer, call);
    assert.deepEqual(statuses(written), ['unsent', 'unsent', 'unsent']);
    assert.equal(written.ended, why);
    assert.ok(sent.length <= 8);
  });
});

test('what stands there already or was changed since is not written, and results keep their order', async () => {
  const { writer, held, sent } = account(() => null);
  held.set(id('A'), 'by hand');
  held.set(id('C'), 'new C');
  assert.deepEqual(statuses(await writeEach(all, writer, call)), ['moved', 'applied', 'already']);
  assert.deepEqual(sent, ['B']);
});

test('one request takes all; when it is refused each goes alone, over what is there then', async () => {
  const { writer, sent, held } = account((names, now) => {
    if (names.length > 1) now.set(id('C'), 'by hand');
    return names.includes('B') ? refused : null;
  }, true);
  assert.deepEqual(statuses(await writeEach(all, writer, call)), ['applied', 'rejected', 'moved']);
  assert.deepEqual(sent, ['ABC', 'A', 'B']);
  assert.equal(held.get(id('C')), 'by hand');
});
