import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AttributeRow } from '../../../src/core/mapping/settings.ts';
import type { Json } from '../../../src/core/values.ts';
import { evaluate, mappingOf, row } from './fixtures.ts';

const clear = { do: 'clear', whose: 'ours' };
const keep = { do: 'keep' };
const set = (value: string) => ({ do: 'set', value, overwrite: 'always' });

const desired = async (settings: AttributeRow, attributes: { readonly [name: string]: Json }) => {
  const result = await evaluate(mappingOf([settings]), attributes);
  return result.kind === 'mapped' ? result.desired.get('field:phone') : result;
};

describe('what a row makes of a value', () => {
  const values: [string, Json, object][] = [
    ['text', 'abc', set('abc')],
    ['empty text', '', clear],
    ['null', null, clear],
    ['whitespace', ' \t', clear],
    ['characters without width', '\u200B\uFEFF', clear],
    ['a byte order mark before a text', '\uFEFFabc', set('abc')],
    ['a number', 42, set('42')],
    ['zero', 0, set('0')],
    ['true', true, set('true')],
    ['false', false, set('false')],
    ['an emoji', '👩‍🚀', set('👩‍🚀')],
    ['right to left', 'שלום', set('שלום')],
    ['an empty list', [], clear],
    ['a list, sorted, once each', ['b', 'a', '', null, 'b'], set('a, b')],
    ['10 kB', 'x'.repeat(10_240), keep],
  ];
  for (const [name, value, expected] of values) {
    it(`${name}`, async () => assert.deepEqual(await desired(row({ from: 'a' }), { a: value }), expected));
  }

  it('an absent attribute is no value, also inside a function', async () => {
    assert.deepEqual(await desired(row({ from: 'a.b.c' }), {}), clear);
    assert.deepEqual(await desired(row({ from: '$uppercase(a)' }), { a: null }), clear);
  });

  it('an object fails the person, and the reason names the path without the value', async () => {
    const result = await desired(row({ from: 'a' }), { a: { secret: 'value' } });
    assert.deepEqual(result, {
      kind: 'failed',
      reason: 'mappingFailed',
      facts: { said: 't: field:phone: a gives an object, not a text' },
    });
  });

  it('an error of an expression fails the person without telling the value', async () => {
    const result = await desired(row({ from: '$number(a)' }), { a: 'seven' });
    assert.ok(result && 'kind' in result && result.kind === 'failed');
    assert.match(result.facts?.said ?? '', /field:phone: \$number\(a\) cannot be evaluated/);
    assert.doesNotMatch(JSON.stringify(result), /seven/);
  });
});

describe('sources of values', () => {
  const cases: [string, AttributeRow['from'], { readonly [name: string]: Json }, object][] = [
    ['constant', { constant: 'x' }, {}, set('x')],
    ['firstOf takes the first that has a value', { firstOf: ['a', 'b'] }, { a: ' ', b: 'second' }, set('second')],
    ['firstOf without any', { firstOf: ['a', 'b'] }, {}, clear],
    ['join leaves out what is absent', { join: ['a', 'b', 'c'], with: ', ' }, { a: 'A', c: 'C' }, set('A, C')],
    ['join of nothing', { join: ['a', 'b'], with: ', ' }, { a: null }, clear],
    ['an expression', "$substringBefore(a, '@')", { a: 'joe@acme.example' }, set('joe')],
    ['a path through lists', 'a.b', { a: [{ b: 'y' }, {}, { b: 'x' }] }, set('x, y')],
    ['$is tells absent from a value', "$is(a, 'x') ? 'same' : 'other'", {}, set('other')],
  ];
  for (const [name, from, attributes, expected] of cases) {
    it(name, async () => assert.deepEqual(await desired(row({ from }), attributes), expected));
  }
});

describe('transforms, in order', () => {
  const lookup = { lookup: { values: { A: 'Alpha' } } };
  const cases: [string, AttributeRow['transforms'], string, object][] = [
    ['trim', ['trim'], ' a ', set('a')],
    ['lower and upper', ['lower', 'upper'], 'aB', set('AB')],
    ['capitalise', ['capitalise'], 'émile', set('Émile')],
    ['replace every time', [{ replace: { find: '-', with: '$1' } }], 'a-b-c', set('a$1b$1c')],
    ['regex with a group', [{ regex: { find: '^DE-(.*)$', replace: '$1' } }], 'DE-Ulm', set('Ulm')],
    ['lookup', ['trim', lookup], ' A ', set('Alpha')],
    [
      'a lookup of letters put together otherwise',
      [{ lookup: { values: { Büro: 'Office' } } }],
      'Bu\u0308\u200bro',
      set('Office'),
    ],
    ['a lookup sees no name of JavaScript', [lookup], 'constructor', set('constructor')],
    ['one after the other', [{ replace: { find: 'x', with: 'A' } }, lookup], 'x', set('Alpha')],
  ];
  for (const [name, transforms, value, expected] of cases) {
    it(name, async () => assert.deepEqual(await desired(row({ from: 'a', transforms }), { a: value }), expected));
  }

  it('where none applies the policy decides; trim is no such transform', async () => {
    const of = (whenNoTransformApplies: AttributeRow['whenNoTransformApplies'], a: string) =>
      desired(row({ from: 'a', transforms: ['trim', lookup], whenNoTransformApplies }), { a });
    assert.deepEqual(await of('useValue', ' B '), set('B'));
    assert.deepEqual(await of('keep', 'B'), keep);
    assert.deepEqual(await of('clear', 'B'), clear);
    assert.deepEqual(await of('keep', 'A'), set('Alpha'));
    const skipped = await of('skipUser', 'B');
    assert.ok(skipped && 'kind' in skipped && skipped.kind === 'skipped');
    assert.deepEqual([skipped.reason, skipped.facts?.attributes], ['skippedByMapping', ['field:phone']]);
    assert.match(skipped.facts?.said ?? '', /^no transform applies/);
  });
});

describe('policies', () => {
  it('whenEmpty', async () => {
    assert.deepEqual(await desired(row({ from: 'a', whenEmpty: 'clear' }), {}), { do: 'clear', whose: 'any' });
    assert.deepEqual(await desired(row({ from: 'a', whenEmpty: 'keep' }), {}), keep);
  });

  it('whenTooLong, cutting between characters', async () => {
    const a = `${'x'.repeat(19)}😀`;
    assert.deepEqual(await desired(row({ from: 'a' }), { a }), keep);
    assert.deepEqual(await desired(row({ from: 'a', whenTooLong: 'truncate' }), { a }), set('x'.repeat(19)));
    assert.deepEqual(await desired(row({ from: 'a' }), { a: 'x'.repeat(20) }), set('x'.repeat(20)));
  });

  it('overwrite goes along with the value, keepOrder keeps the order of the source', async () => {
    assert.deepEqual(await desired(row({ from: 'a', overwrite: 'onlyOurs', keepOrder: true }), { a: ['b', 'a'] }), {
      do: 'set',
      value: 'b, a',
      overwrite: 'onlyOurs',
    });
  });
});
