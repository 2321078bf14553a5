import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { msUntilOpen } from '../../../src/core/plan/write-hours.ts';

const hourMs = 3_600_000;
const night = { from: '20:00', to: '06:00', timeZone: 'Europe/Berlin' };
const at = (text: string): number => Date.parse(text);

test('hours over midnight, hours of a day, and hours that are the whole day', () => {
  assert.equal(msUntilOpen(night, at('2026-11-24T21:30:00+01:00')), 0);
  assert.equal(msUntilOpen(night, at('2026-11-24T05:59:59+01:00')), 0);
  assert.equal(msUntilOpen(night, at('2026-11-24T06:00:00+01:00')), 14 * hourMs);
  assert.equal(msUntilOpen(night, at('2026-11-24T19:59:30.500+01:00')), 29_500);
  const day = { from: '09:15', to: '17:00', timeZone: 'Asia/Kolkata' };
  assert.equal(msUntilOpen(day, at('2026-11-24T09:15:00+05:30')), 0);
  assert.equal(msUntilOpen(day, at('2026-11-24T17:00:00+05:30')), 16.25 * hourMs);
  assert.equal(msUntilOpen({ ...night, to: '20:00' }, at('2026-11-24T12:00:00Z')), 0);
});

test('the opening is met although the clocks change on the way', () => {
  assert.equal(msUntilOpen({ ...night, to: '01:00' }, at('2026-10-25T01:00:00+02:00')), 20 * hourMs);
  assert.equal(msUntilOpen({ ...night, to: '01:00' }, at('2026-03-29T01:00:00+01:00')), 18 * hourMs);
});

test('whatever the hours and the moment, it is open after the wait, and at once where there is none', () => {
  const time = fc.integer({ min: 0, max: 1_439 }).map((minute) => {
    const two = (n: number): string => String(n).padStart(2, '0');
    return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  });
  const zone = fc.constantFrom('UTC', 'Asia/Kolkata', 'America/Phoenix', 'Pacific/Kiritimati');
  const moment = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
  fc.assert(
    fc.property(time, time, zone, moment, (from, to, timeZone, now) => {
      const hours = { from, to, timeZone };
      const wait = msUntilOpen(hours, now);
      assert.ok(wait >= 0 && wait <= 24 * hourMs);
      assert.equal(msUntilOpen(hours, now + wait), 0);
      if (wait > 0) assert.ok(msUntilOpen(hours, now + wait - 1) > 0);
    }),
  );
});
