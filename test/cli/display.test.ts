import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDisplay } from '../../src/cli/display.ts';
import type { RunProgress } from '../../src/core/report/progress.ts';

test('where no bar can be drawn, a long step says every ten seconds how far it has come', async () => {
  const lines: string[] = [];
  const io = { out: () => undefined, err: (text: string) => void lines.push(text), env: {}, live: false };
  const display = await createDisplay(io, false);
  const at = (elapsedMs: number, decided: number): RunProgress => ({
    run: 'r',
    connector: 'acme',
    status: 'running',
    phase: 'apply',
    users: { read: 5, expected: 5 },
    people: { toPlan: 5, planned: 5 },
    changes: { planned: 3162, decided },
    calls: decided,
    elapsedMs,
    waitedMs: 0,
    waitingFor: [],
  });
  for (const [elapsedMs, decided] of [
    [1_000, 0],
    [2_000, 70],
    [10_999, 690],
    [11_000, 700],
    [20_000, 1400],
    [21_500, 1500],
  ] as const)
    display.show(at(elapsedMs, decided));
  assert.deepEqual(lines, [
    'apply: 0 of 3162 values, 0 requests so far',
    'apply: 700 of 3162 values, 700 requests so far',
    'apply: 1500 of 3162 values, 1500 requests so far',
  ]);
});
