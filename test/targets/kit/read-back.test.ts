import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttributeId, Written } from '../../../src/core/profile.ts';
import { readBackEvery } from '../../../src/targets/kit/read-back.ts';
import { statuses } from '../fixtures/written.ts';

const changes = [
  { attribute: 'field:phone', before: null, after: 'a' },
  { attribute: 'field:im', before: 'x', after: null },
] as const;
const applied: Written = { results: changes.map(({ attribute }) => ({ attribute, status: 'applied' })), ended: null };
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
  await readBackEvery(1)(changes, { results: [{ attribute: 'field:phone', status: 'already' }], ended: null }, read);
  assert.equal(asked.length, 0);
});

test('a value that is not what was written is a refusal that hides both', async () => {
  const { read } = holding([
    ['field:phone', 'secret-b'],
    ['field:im', 'x'],
  ]);
  const written = await readBackEvery(1)(changes, applied, read);
  assert.deepEqual(statuses(written), ['rejected', 'rejected']);
  assert.equal(/secret|"x"/.test(JSON.stringify(written)), false);
});

test('what was answered stays when reading back fails', async () => {
  const failure = new Error('away');
  const written = await readBackEvery(1)(changes, applied, () => Promise.reject(failure));
  assert.deepEqual(written, { ...applied, ended: failure });
});
