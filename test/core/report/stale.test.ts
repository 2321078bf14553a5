import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staleAfterMs } from '../../../src/core/report/stale.ts';

const every = { every: '15m', mode: 'delta' } as const;

test('a connector is stale by its own span, and never where nothing runs it by itself', () => {
  assert.equal(staleAfterMs({ schedules: [every], staleAfter: '26h' }, []), 26 * 3_600_000);
  assert.equal(staleAfterMs({ schedules: [], staleAfter: '26h' }, []), null);
  assert.equal(staleAfterMs({ schedules: [every], staleAfter: 'off' }, []), null);
  const [going, paused] = [{ paused: false }, { paused: true }];
  assert.equal(staleAfterMs({ schedules: [every, every], staleAfter: '2h' }, [paused, going]), 2 * 3_600_000);
  assert.equal(staleAfterMs({ schedules: [every, every], staleAfter: '2h' }, [paused, paused]), null);
});
