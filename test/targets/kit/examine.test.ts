import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import type { AttributeId, Change } from '../../../src/core/profile.ts';
import { examine } from '../../../src/targets/kit/examine.ts';
import { unsentAll } from '../../../src/targets/kit/weigh.ts';
import { writeTest } from '../../../src/targets/kit/write-test.ts';
import { collected } from '../fixtures/collected.ts';
import { countingCall } from '../fixtures/product.ts';

const account = { key: 'K', username: 'fred', email: null, active: true };

/** A target in memory that refuses some names, or breaks at a given write. */
const writer = (held: Map<AttributeId, string>, refuses: AttributeId | null, breaksAt = Number.POSITIVE_INFINITY) => {
  let writes = 0;
  return {
    readProfile: () => Promise.resolve(new Map(held)),
    applyChanges: (_: unknown, changes: readonly Change[]) => {
      for (const { attribute, after } of changes) {
        writes += 1;
        const gone = new Failure('unavailable', 'gone', { remedy: 'wait' });
        if (writes === breaksAt) return Promise.resolve(unsentAll(changes, gone));
        if (attribute === refuses) continue;
        if (after === null) held.delete(attribute);
        else held.set(attribute, after);
      }
      return Promise.resolve({ results: [], ended: null });
    },
  };
};

test('the first thing that fails ends the look, with its remedy', async () => {
  const looks = [
    { what: 'one', look: () => Promise.resolve('well') },
    { what: 'two', look: () => Promise.reject(new Failure('auth', 'refused', { remedy: 'change it' })) },
    { what: 'three', look: () => Promise.resolve('never seen') },
  ];
  assert.deepEqual(await collected(examine(looks)), [
    { what: 'one', ok: true, found: 'well' },
    { what: 'two', ok: false, found: 'refused', remedy: 'change it' },
  ]);
});

test('a name the product refuses is told, the others are tried', async () => {
  const held = new Map<AttributeId, string>([['userProperty:A', 'kept']]);
  const attributes = ['userProperty:A', 'userProperty:B-b'] as const;
  const lines = await collected(writeTest(writer(held, 'userProperty:B-b'), account, attributes, countingCall().call));
  assert.deepEqual(
    lines.map(({ what, ok }) => [what, ok]),
    [
      ['write userProperty:A', true],
      ['write userProperty:B-b', false],
    ],
  );
  assert.deepEqual([...held], [['userProperty:A', 'kept']]);
});

test('what was there is put back when a step breaks', async () => {
  const held = new Map<AttributeId, string>([['userProperty:A', 'kept']]);
  const lines = await collected(writeTest(writer(held, null, 2), account, ['userProperty:A'], countingCall().call));
  assert.deepEqual(lines, [{ what: 'write userProperty:A', ok: false, found: 'gone', remedy: 'wait' }]);
  assert.deepEqual([...held], [['userProperty:A', 'kept']]);
});
