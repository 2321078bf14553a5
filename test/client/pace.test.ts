import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paceOf, standOf } from '../../src/client/pace.ts';
import type { RunProgress } from '../../src/core/report/progress.ts';

const at = (over: Partial<RunProgress>): RunProgress => ({
  run: 'r',
  connector: 'acme',
  status: 'running',
  phase: 'apply',
  users: { read: 2_000, expected: null },
  people: { toPlan: 1_740, planned: 1_740 },
  changes: { planned: 3_391, decided: 0 },
  calls: 0,
  elapsedMs: 0,
  waitedMs: 0,
  waitingFor: [],
  ...over,
});

describe('the pace of a run', () => {
  it('is that of its present step alone, whenever somebody began to look', () => {
    const begun = at({ changes: { planned: 3_391, decided: 1_000 }, elapsedMs: 60_000 });
    const now = at({ changes: { planned: 3_391, decided: 1_320 }, elapsedMs: 62_000 });
    const pace = paceOf(begun, now);
    assert.equal(pace?.rate, 160);
    assert.equal(Math.round(pace?.left ?? 0), 13);
    assert.equal(paceOf(at({ phase: 'plan' }), now), null, 'of another step');
  });

  it('is not told before it can be: at once, while nothing is done, and where nobody knows how much there is', () => {
    const begun = at({ phase: 'read', elapsedMs: 0, users: { read: 0, expected: null } });
    assert.equal(paceOf(begun, begun), null);
    assert.equal(paceOf(begun, { ...begun, elapsedMs: 9_000 }), null);
    const read = { ...begun, elapsedMs: 2_000, users: { read: 500, expected: null } };
    assert.deepEqual(paceOf(begun, read), { rate: 250, left: null });
    assert.deepEqual(paceOf(begun, { ...read, users: { read: 500, expected: 400 } }), { rate: 250, left: null });
  });

  it('counts people while they are read and planned, and values while they are written', () => {
    assert.deepEqual(standOf(at({ phase: 'accounts' })), { done: 2_000, of: null, unit: 'people' });
    assert.deepEqual(standOf(at({ phase: 'plan' })), { done: 1_740, of: 1_740, unit: 'people' });
    assert.deepEqual(standOf(at({})), { done: 0, of: 3_391, unit: 'values' });
  });
});
