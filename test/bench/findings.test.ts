import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { atLeast, atMost } from '../../bench/findings.ts';
import { median, percentile } from '../../bench/measure.ts';
import { parts, standard } from '../../bench/suite.ts';
import { atProducts, requestsSince } from '../../bench/system/world.ts';

describe('the findings of a benchmark', () => {
  it('hold up to the bar, do not hold beyond it, and say when nothing was measured', () => {
    assert.deepEqual(
      [1.2, 1.21, Number.NaN].map((measured) => atMost('id', 'at most 1.2 times', measured, 1.2, 'x').holds),
      [true, false, null],
    );
    assert.deepEqual(atLeast('id', 'at least 5,000', 4_999.4, 5_000, '/s'), {
      id: 'id',
      bar: 'at least 5,000',
      measured: '4999/s',
      holds: false,
    });
  });

  it('take the middle of several, and the one that so many of a hundred do not pass', () => {
    assert.equal(median([9, 1, 5]), 5);
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    assert.deepEqual(
      [50, 95, 100].map((percent) => percentile(hundred, percent)),
      [50, 95, 100],
    );
  });

  it('count only what reached the products, and only since then', () => {
    const requests = requestsSince({ 'jira read': 2 }, { 'jira read': 5, 'confluence write': 1, 'entra listing': 9 });
    assert.equal(atProducts(requests, 'read', 'write'), 4);
  });

  it('come from every part that the page on performance names', () => {
    const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');
    const [, table = ''] = page.split('| part |');
    const named = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
    assert.deepEqual(named.toSorted(), Object.keys(parts).toSorted());
    for (const name of named)
      assert.ok(
        standard.some(([part]) => part === name),
        name,
      );
  });
});
