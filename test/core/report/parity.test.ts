import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Desired } from '../../../src/core/profile.ts';
import { type Standing, standingOf } from '../../../src/core/report/parity.ts';

const set = (value: string): Desired => ({ do: 'set', value, overwrite: 'ifEmpty' });

test('what stands at a target compares with what is wanted, whatever the policy of the row', () => {
  const clear: Desired = { do: 'clear', whose: 'ours' };
  const cases: readonly (readonly [Desired, string | null, Standing | null])[] = [
    [set('Acme AG'), 'Acme AG', 'equal'],
    [set('Acme AG'), 'ACME  ag ', 'alike'],
    [set('Acme AG'), 'Acme\u00a0AG', 'alike'],
    [set('Café'), 'Cafe\u0301', 'alike'],
    [set('Acme AG'), 'AcmeAG', 'different'],
    [set('Acme AG'), 'Acme', 'different'],
    [set('Acme AG'), null, 'missing'],
    [clear, 'Acme AG', 'extra'],
    [clear, null, null],
    [{ do: 'keep' }, 'Acme AG', null],
  ];
  for (const [want, now, standing] of cases) assert.equal(standingOf(want, now), standing, JSON.stringify([want, now]));
});
