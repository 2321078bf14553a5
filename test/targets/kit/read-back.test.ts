import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttributeId } from '../../../src/core/profile.ts';
import { readBackEvery } from '../../../src/targets/kit/read-back.ts';

const changes = [
  { attribute: 'field:phone', before: null, after: 'a' },
  { attribute: 'field:im', before: 'x', after: null },
] as const;
const applied = changes.map(({ attribute }) => ({ attribute, status: 'applied' as const }));
const holding = (entries: readonly (readonly [AttributeId, string])[]) => {
  const asked: (readonly AttributeId[])[] = [];
  const read = (attributes: readonly AttributeId[]) => {
    asked.push(attributes);
    return Promise.resolve(new Map(entries));
  };
  return { asked, read };
};

test('the first account written and then every third is read back', async () => {
  const check = readBackEvery(3);
  const { asked, read } = holding([['field:phone', 'a']]);
  for (let account = 0; account < 7; account += 1) assert.deepEqual(await check(changes, applied, read), applied);
  assert.equal(asked.length, 3);
});

test('0 reads nothing back, and neither does an account where nothing was written', async () => {
  const { asked, read } = holding([]);
  await readBackEvery(0)(changes, applied, read);
  await readBackEvery(1)(changes, [{ attribute: 'field:phone', status: 'already' }], read);
  assert.equal(asked.length, 0);
});

test('a value that is not what was written is a refusal that hides both', async () => {
  const { read } = holding([
    ['field:phone', 'secret-b'],
    ['field:im', 'x'],
  ]);
  const results = await readBackEvery(1)(changes, applied, read);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(/secret|"x"/.test(JSON.stringify(results)), false);
});
