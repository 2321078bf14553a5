import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partFlaw } from '../../src/api/part-flaw.ts';

const nested = (levels: number, open: string, close: string): unknown =>
  JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`);

test('a request is refused for what is no text, wherever it is, and for parts nested too deeply', () => {
  for (const whole of [null, 7, 'Zoë', { a: [{ b: 'c' }] }, nested(100, '[', ']'), nested(100, '{"a":', '}')]) {
    assert.equal(partFlaw(whole), null);
  }
  for (const broken of ['a\0b', { 'a\0': 1 }, [[{ a: 'half \ud800' }]]]) {
    assert.match(partFlaw(broken) ?? '', /NUL or half a character/);
  }
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    for (const levels of [101, 5_000])
      assert.match(partFlaw(nested(levels, open, close)) ?? '', /nested more than 100/);
  }
});
