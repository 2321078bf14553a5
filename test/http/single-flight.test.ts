import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Call } from '../../src/core/call.ts';
import { singleFlight } from '../../src/http/single-flight.ts';

const callOf = (signal: AbortSignal = new AbortController().signal): Call => ({
  signal,
  deadline: Number.POSITIVE_INFINITY,
  count: () => undefined,
});

test('many callers share one piece of work, the next one starts anew', async () => {
  let started = 0;
  const join = singleFlight<number>();
  const work = async (): Promise<number> => {
    started += 1;
    await wait(5);
    return started;
  };
  assert.deepEqual(await Promise.all([join(work, callOf()), join(work, callOf()), join(work, callOf())]), [1, 1, 1]);
  assert.equal(await join(work, callOf()), 2);
});

test('a failure reaches all who wait', async () => {
  const join = singleFlight<number>();
  const work = (): Promise<number> => wait(5).then(() => Promise.reject(new Error('no')));
  const results = await Promise.allSettled([join(work, callOf()), join(work, callOf())]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});

test('when the one at work is aborted, a waiter takes over', async () => {
  const first = new AbortController();
  const join = singleFlight<string>();
  const work =
    (name: string) =>
    async (call: Call): Promise<string> => {
      await wait(20, undefined, { signal: call.signal });
      return name;
    };
  const one = join(work('first'), callOf(first.signal));
  const other = join(work('second'), callOf());
  first.abort();
  await assert.rejects(one, { name: 'AbortError' });
  assert.equal(await other, 'second');
});

test('a waiter that is aborted leaves, the work goes on', async () => {
  const waiter = new AbortController();
  const join = singleFlight<string>();
  const work = (): Promise<string> => wait(20).then(() => 'done');
  const one = join(work, callOf());
  const other = join(work, callOf(waiter.signal));
  waiter.abort();
  await assert.rejects(other, { name: 'AbortError' });
  assert.equal(await one, 'done');
});
