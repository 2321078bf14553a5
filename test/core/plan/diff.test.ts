import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asDiff, type Diff, decisionsFor } from '../../../src/core/plan/diff.ts';
import type { AttributeId, Desired } from '../../../src/core/profile.ts';

const diff = (...given: Parameters<typeof decisionsFor>): Diff => asDiff(decisionsFor(...given));

const phone: AttributeId = 'field:phone';
const one = (want: Desired) => new Map([[phone, want]]);
const holds = (value: string | null) => new Map(value === null ? [] : [[phone, value]]);
const set = (value: string, overwrite: 'always' | 'ifEmpty' | 'onlyOurs' = 'always'): Desired => ({
  do: 'set',
  value,
  overwrite,
});

test('an empty attribute is filled under every overwrite policy, and counts as no overwrite', () => {
  for (const overwrite of ['always', 'ifEmpty', 'onlyOurs'] as const) {
    const { changes } = diff(one(set('1', overwrite)), holds(null), new Set());
    assert.deepEqual(changes, [{ attribute: phone, before: null, after: '1', foreign: false }]);
  }
});

test('a foreign value is replaced by `always` alone; our own by `onlyOurs` too', () => {
  const changed = (overwrite: 'always' | 'ifEmpty' | 'onlyOurs', ours: boolean): number =>
    diff(one(set('new', overwrite)), holds('old'), new Set(ours ? [phone] : [])).changes.length;
  assert.deepEqual([changed('always', false), changed('always', true)], [1, 1]);
  assert.deepEqual([changed('onlyOurs', false), changed('onlyOurs', true)], [0, 1]);
  assert.deepEqual([changed('ifEmpty', false), changed('ifEmpty', true)], [0, 0]);
});

test('a value found equal is adopted once, without a change', () => {
  assert.deepEqual(diff(one(set('1')), holds('1'), new Set()), { changes: [], adopted: [phone] });
  assert.deepEqual(diff(one(set('1')), holds('1'), new Set([phone])), { changes: [], adopted: [] });
});

test('`clearOurs` never clears what somebody else put there', () => {
  const clear = (whose: 'ours' | 'any', ours: boolean) =>
    diff(one({ do: 'clear', whose }), holds('x'), new Set(ours ? [phone] : [])).changes;
  assert.deepEqual(clear('ours', false), []);
  assert.deepEqual(clear('ours', true), [{ attribute: phone, before: 'x', after: null, foreign: false }]);
  assert.deepEqual(clear('any', false), [{ attribute: phone, before: 'x', after: null, foreign: true }]);
});

test('after the changes are applied there is nothing left to change', () => {
  const attribute = fc.constantFrom<AttributeId>('field:phone', 'field:im', 'userProperty:Company');
  const desired = fc.oneof(
    fc.record({
      do: fc.constant('set' as const),
      value: fc.string({ minLength: 1 }),
      overwrite: fc.constantFrom('always' as const, 'ifEmpty' as const, 'onlyOurs' as const),
    }),
    fc.record({ do: fc.constant('clear' as const), whose: fc.constantFrom('ours' as const, 'any' as const) }),
    fc.constant({ do: 'keep' as const }),
  );
  const entries = <Value>(value: fc.Arbitrary<Value>) => fc.array(fc.tuple(attribute, value), { maxLength: 3 });
  fc.assert(
    fc.property(entries(desired), entries(fc.string({ minLength: 1 })), fc.array(attribute), (want, held, ours) => {
      const target = new Map(held);
      const mine = new Set(ours.filter((name) => target.has(name)));
      const first = diff(new Map(want), target, mine);
      for (const { attribute: name, after } of first.changes) {
        if (after === null) target.delete(name);
        else target.set(name, after);
        mine.add(name);
      }
      for (const name of first.adopted) mine.add(name);
      assert.deepEqual(diff(new Map(want), target, mine), { changes: [], adopted: [] });
    }),
  );
});
