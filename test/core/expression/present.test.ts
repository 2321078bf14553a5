import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { present, TooLarge, withoutDepths } from '../../../src/core/expression/present.ts';
import type { Json, JsonObject } from '../../../src/core/values.ts';

const nested = (levels: number, wrap: (inner: Json) => Json): JsonObject => {
  let value: Json = { title: 'bottom' };
  for (let level = 0; level < levels; level += 1) value = wrap(value);
  return { title: 'x', nested: value };
};
const inObjects = (inner: Json): Json => ({ inner });
const inLists = (inner: Json): Json => [inner];

describe('attributes kept without what is nested too deeply', () => {
  it('are the same where nothing is', () => {
    for (const levels of [0, 1, 30]) {
      const attributes = nested(levels, levels % 2 === 0 ? inObjects : inLists);
      assert.equal(withoutDepths(attributes), attributes);
    }
  });

  it('can be written and read, and are refused in the words in which the whole is', () => {
    for (const wrap of [inObjects, inLists]) {
      for (const levels of [32, 33, 100, 5_000, 50_000]) {
        const attributes = nested(levels, wrap);
        const kept: JsonObject = JSON.parse(JSON.stringify(withoutDepths(attributes)));
        const refused = (error: unknown): boolean =>
          error instanceof TooLarge && /32 levels of nesting/.test(error.message);
        assert.throws(() => present(attributes), refused, `${levels} whole`);
        assert.throws(() => present(kept), refused, `${levels} kept`);
      }
    }
  });

  it('keep a name that is JavaScript’s own', () => {
    const attributes: JsonObject = JSON.parse(
      `{ "__proto__": { "a": 1 }, "deep": ${'['.repeat(60)}${']'.repeat(60)} }`,
    );
    assert.deepEqual(Object.keys(withoutDepths(attributes)), ['__proto__', 'deep']);
  });
});
