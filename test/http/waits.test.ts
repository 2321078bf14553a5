import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import { retryAfter, shortWait } from '../../src/http/waits.ts';

const now = Date.parse('2026-11-24T00:00:00Z');

test('Retry-After is read as seconds, fractions and dates, and never for longer than an hour', () => {
  const cases: readonly (readonly [string | undefined, number | null])[] = [
    ['2', 2_000],
    ['2.128', 2_128],
    ['0', 0],
    ['Tue, 24 Nov 2026 00:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 00:00:00 GMT', null],
    ['9223372036854775807', 3_600_000],
    ['-1', null],
    ['soon', null],
    ['', null],
    [undefined, null],
  ];
  for (const [header, waitMs] of cases) assert.equal(retryAfter(header, now), waitMs, header);
});

test('a wait is taken in place only when it is short and ends before the deadline', async () => {
  const call = { signal: new AbortController().signal, deadline: now + 2_000, count: () => undefined };
  const throttled = (waitMs: number) => new Failure('throttled', 'wait', { waitMs });
  await shortWait(throttled(1), call, () => now);
  for (const trouble of [throttled(2_001), throttled(3_001), new Failure('unavailable', 'down')]) {
    await assert.rejects(
      shortWait(trouble, call, () => now),
      (error) => error === trouble,
    );
  }
});
