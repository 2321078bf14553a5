import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { Ledger } from '../../src/ledger/open.ts';
import { alikeChanges } from '../../src/ledger/plan/alike-changes.ts';
import { rangesToApply, rangesToPlan, type WorkAt } from '../../src/ledger/plan/ranges.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { placeOf, takeBatch } from '../../workflows/places.ts';
import { newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

const size = 200;

describe('the batches of a run', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
    await createRun(ledger, newRun('now'));
  });
  after(() => close());

  const rangesOf = async (positions: readonly number[]): Promise<WorkAt | undefined> => {
    await sql`delete from staged_user`.execute(ledger.db);
    await sql`insert into staged_user (run, target, pos, person, desired_sealed, digest, read_at, state)
      select 'now', 'jira', pos, 'person-' || pos, '', '', now(), 'matched' from unnest(${positions}::integer[]) pos`.execute(
      ledger.db,
    );
    return (await rangesToPlan(ledger, 'now', size))[0];
  };

  /** The batches a workflow begins, one after the other. */
  const batchesOf = (work: WorkAt): readonly { readonly from: number; readonly to: number }[] => {
    const place = placeOf(work, undefined);
    const batches = [];
    for (let batch = takeBatch(place); batch !== null; batch = takeBatch(place)) batches.push(batch);
    return batches;
  };

  it('are of so many positions where people follow each other, and of as many people where they are far apart', async () => {
    const many = Array.from({ length: 450 }, (_, pos) => pos);
    const few = [1_010, 1_500, 3_999];
    const found = await rangesOf([...many, ...few]);
    assert.deepEqual(found?.ranges, [
      [0, 400],
      [400, 4_000, 'one'],
    ]);
    assert.equal(found.count, 453);
    assert.deepEqual(
      batchesOf(found).map(({ from, to }) => [from, to]),
      [
        [0, 200],
        [200, 400],
        [400, 4_000],
      ],
    );
  });

  it('are those by which the requests of a plan are counted', async () => {
    const positions = [...Array.from({ length: 450 }, (_, pos) => pos), 1_010, 1_500, 3_999, 5_000, 5_001];
    await sql`insert into change (run, target, person, attribute, pos, "foreign")
      select 'now', 'jira', 'person-' || pos, 'field:phone', pos, false from unnest(${positions}::integer[]) pos`.execute(
      ledger.db,
    );
    const [work] = await rangesToApply(ledger, 'now', size);
    assert.ok(work);
    const people = batchesOf(work).map(({ from, to }): [number, number] => [
      from,
      positions.filter((pos) => from <= pos && pos < to).length,
    ]);
    const summed = new Map<number, number>();
    for (const { batch, people: some } of (await alikeChanges(ledger, 'now')).get('jira') ?? []) {
      summed.set(batch, (summed.get(batch) ?? 0) + some);
    }
    assert.deepEqual(
      [...summed].toSorted(([a], [b]) => a - b),
      people,
    );
  });

  it('have everybody once, and never more people than one is for', async () => {
    const stretch = fc.record({ from: fc.nat(40), every: fc.integer({ min: 1, max: 300 }), people: fc.nat(500) });
    await fc.assert(
      fc.asyncProperty(fc.array(stretch, { minLength: 1, maxLength: 4 }), async (stretches) => {
        let next = 0;
        const positions = stretches.flatMap(({ from, every, people }) =>
          Array.from({ length: people }, (_, index) => {
            next += index === 0 ? from * 100 + 1 : every;
            return next;
          }),
        );
        const found = await rangesOf(positions);
        if (found === undefined) return assert.equal(positions.length, 0);
        const batches = batchesOf(found);
        const within = batches.map(({ from, to }) => positions.filter((pos) => pos >= from && pos < to).length);
        assert.equal(
          within.reduce((sum, people) => sum + people, 0),
          positions.length,
        );
        assert.equal(found.count, positions.length);
        assert.ok(Math.max(...within) <= size && Math.min(...within) > 0, `${within}`);
        // Two that follow each other could not have been one.
        const fewest = within.slice(1).map((people, index) => people + (within[index] ?? 0));
        assert.ok(fewest.filter((people) => people <= size / 2).length === 0, `${within}`);
      }),
      { numRuns: 60 },
    );
  });
});
