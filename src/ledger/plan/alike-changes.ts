import { sql } from 'kysely';
import { batchSize } from '../../core/batch.ts';
import type { AlikeChanges } from '../../core/plan/requests.ts';
import type { Ledger } from '../open.ts';
import { type Found, joined, type Ranges } from './ranges.ts';

/** What is left of a plan by target, in people of one batch whose changes are alike. */
export const alikeChanges = async (
  ledger: Ledger,
  run: string,
): Promise<ReadonlyMap<string, readonly AlikeChanges[]>> => {
  type Row = Omit<AlikeChanges, 'batch'> & { target: string; part: number };
  const { rows } =
    await sql<Row>`select target, part, fields, properties, held, cleared, count(*)::integer as people from (
      select target, pos / ${batchSize}::integer as part,
        count(*) filter (where attribute like 'field:%')::integer as fields,
        count(*) filter (where attribute like 'userProperty:%')::integer as properties,
        count(*) filter (where attribute like 'userProperty:%' and before_sealed is not null)::integer as held,
        count(*) filter (where attribute like 'userProperty:%' and after_sealed is null)::integer as cleared
      from change where run = ${run} and status in ('planned', 'begun') group by target, pos) person
    group by target, part, fields, properties, held, cleared order by target, part`.execute(ledger.db);
  const work = new Map(rangesOf(rows).map(({ target, ranges }) => [target, ranges]));
  const of = ({ target, part, ...alike }: Row): AlikeChanges => ({
    ...alike,
    batch: batchOf(work.get(target) ?? [], part * batchSize),
  });
  return new Map([...Map.groupBy(rows, ({ target }) => target)].map(([target, all]) => [target, all.map(of)]));
};

/** The ranges a run would work on, as `rangesToApply` gives them, without going through the plan once more. */
const rangesOf = (rows: readonly Found[]): ReturnType<typeof joined> => {
  const parts = new Map<string, Found>();
  for (const { target, part, people } of rows) {
    const key = JSON.stringify([target, part]);
    parts.set(key, { target, part, people: people + (parts.get(key)?.people ?? 0) });
  }
  return joined([...parts.values()], batchSize);
};

/** Where the batch begins that a part of the positions belongs to. */
const batchOf = (ranges: Ranges, position: number): number => {
  const range = ranges.find(([from, to]) => from <= position && position < to);
  return range?.[2] === 'one' ? range[0] : position;
};
