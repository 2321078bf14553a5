import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../src/core/call.ts';
import { keepToken } from '../../src/http/token.ts';

const callWith = (signal = new AbortController().signal): Call => ({ signal, deadline: 0, count: () => undefined });

test('a token is asked for once by many, renewed before its end, and replaced once when refused', async () => {
  let asked = 0;
  let clock = 0;
  const give = keepToken(
    async () => {
      asked += 1;
      return { token: `token ${asked}`, livesMs: 3_600_000 };
    },
    () => clock,
  );
  const many = (refused: string | null) => Promise.all(Array.from({ length: 9 }, () => give(callWith(), refused)));
  assert.deepEqual(new Set(await many(null)), new Set(['token 1']));
  clock = 3_299_999;
  assert.equal(await give(callWith(), null), 'token 1');
  clock = 3_300_000;
  assert.equal(await give(callWith(), null), 'token 2');
  assert.deepEqual(new Set(await many('token 2')), new Set(['token 3']));
  assert.equal(await give(callWith(), 'token 2'), 'token 3');
  assert.equal(asked, 3);
});

test('a failure is not kept, and when the one who asks is aborted a waiter asks anew', async () => {
  const controller = new AbortController();
  let asked = 0;
  const give = keepToken(async ({ signal }) => {
    asked += 1;
    if (asked === 1) throw new Error('refused');
    if (asked > 2) return { token: 'good', livesMs: 60_000 };
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    return { token: 'never', livesMs: 60_000 };
  });
  await assert.rejects(give(callWith(), null), /refused/);
  const aborted = give(callWith(controller.signal), null);
  const waiting = give(callWith(), null);
  controller.abort(new Error('cancelled'));
  await assert.rejects(aborted, /cancelled/);
  assert.equal(await waiting, 'good');
});
