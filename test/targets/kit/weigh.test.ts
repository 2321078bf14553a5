import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttributeId } from '../../../src/core/profile.ts';
import { inOrder, only, weigh } from '../../../src/targets/kit/weigh.ts';

const held = new Map<AttributeId, string>([
  ['field:phone', '1'],
  ['field:location', 'Rome'],
]);

test('only a change whose before still stands is due', () => {
  const due = { attribute: 'field:phone', before: '1', after: '2' } as const;
  const { due: left, settled } = weigh(
    [
      due,
      { attribute: 'field:location', before: 'Bonn', after: 'Rome' },
      { attribute: 'field:im', before: 'x', after: 'y' },
      { attribute: 'field:website', before: 'x', after: null },
    ],
    held,
  );
  assert.deepEqual(left, [due]);
  assert.deepEqual(
    settled.map(({ attribute, status }) => [attribute, status]),
    [
      ['field:location', 'already'],
      ['field:im', 'moved'],
      ['field:website', 'already'],
    ],
  );
});

test('a reason never repeats a value', () => {
  const { settled } = weigh([{ attribute: 'field:phone', before: 'secret-a', after: 'secret-b' }], held);
  assert.equal(/secret/.test(JSON.stringify(settled)), false);
});

test('results come in the order of the changes', () => {
  const changes = [
    { attribute: 'field:im', before: null, after: 'a' },
    { attribute: 'field:phone', before: null, after: 'b' },
  ] as const;
  const results = inOrder(changes, [
    { attribute: 'field:phone', status: 'applied' },
    { attribute: 'field:im', status: 'moved' },
  ]);
  assert.deepEqual(
    results.map(({ attribute }) => attribute),
    ['field:im', 'field:phone'],
  );
});

test('an empty value is no value', () => {
  assert.deepEqual([...only(new Map([['field:im', '']]), ['field:im'])], []);
  assert.deepEqual([...only(held, ['field:phone', 'field:im'])], [['field:phone', '1']]);
});

test('an empty text the target holds is no value: a change from nothing is due', () => {
  const change = { attribute: 'field:im', before: null, after: 'x' } as const;
  assert.deepEqual(weigh([change], new Map([['field:im', '']])).due, [change]);
});
