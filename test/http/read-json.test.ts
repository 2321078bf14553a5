import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parsedText } from '../../src/http/read-json.ts';

describe('JSON from outside', () => {
  it('keeps the digits of every number', () => {
    for (const digits of [
      '9007199254740993',
      '-9007199254740993',
      '1e21',
      '1E400',
      '123456789012345678901234567890',
      '0.12345678901234567',
    ]) {
      assert.deepEqual(parsedText(`{"a":${digits},"b":[${digits}, 1]}`), { a: digits, b: [digits, 1] }, digits);
      assert.equal(parsedText(digits) === digits || parsedText(`[${digits}]`) !== undefined, true);
      assert.deepEqual(parsedText(`[\n  ${digits}\n]`), [digits]);
    }
  });

  it('leaves numbers that are held exactly, and texts, as they are', () => {
    for (const value of [0, 7, -3, 1.5, 0.001, 9007199254740991, 1732550400000, true, null]) {
      assert.deepEqual(parsedText(JSON.stringify({ value })), { value });
    }
    assert.deepEqual(parsedText('{"a":1e3,"b":9007199254740993}'), { a: 1000, b: '9007199254740993' });
    assert.deepEqual(parsedText('{"a":"x, 1e21","b":"9007199254740993"}'), { a: 'x, 1e21', b: '9007199254740993' });
    assert.equal(parsedText('{'), undefined);
  });

  it('of whatever else is as the language reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        const plain: unknown = JSON.parse(text);
        const asTexts = (one: unknown): unknown =>
          JSON.parse(JSON.stringify(one), (_key, part) => (typeof part === 'number' ? String(part) : part));
        const kept = asTexts(parsedText(text));
        assert.equal(
          JSON.stringify(kept).replaceAll(/"-?0"/g, '"0"'),
          JSON.stringify(asTexts(plain)).replaceAll(/"-?0"/g, '"0"'),
        );
      }),
    );
  });
});
