import { sql } from 'kysely';
import type { Batch } from '../../core/batch.ts';
import type { Reason } from '../../core/report/reasons.ts';
import type { Ledger } from '../open.ts';
import { keptFacts } from '../runs/outcomes.ts';

/** Ends what is left of a batch that cannot be worked on, or of the whole run: each open candidate gets this outcome. */
export const settleOpenUsers = async (
  ledger: Ledger,
  run: string,
  target: string | null,
  batch: Batch | null,
  end: Reason & { readonly outcome: 'failed' | 'skipped' },
): Promise<void> => {
  await sql`with open as (
      update staged_user set state = 'settled'
      where run = ${run} and (${target}::text is null or target = ${target}) and state in ('staged', 'matched')
        and (${batch?.from ?? null}::integer is null or (pos >= ${batch?.from ?? 0} and pos < ${batch?.to ?? 0}))
      returning target, person)
    insert into outcome (run, target, person, outcome, reason, facts)
    select ${run}, target, person, ${end.outcome}, ${end.reason}, ${keptFacts.text(end.facts ?? {})}::jsonb from open
    on conflict (run, target, person) do update set outcome = excluded.outcome, reason = excluded.reason,
      facts = excluded.facts`.execute(ledger.db);
};

/** How many people of a run, counted per target, have no end yet or a change that is neither written nor given up. */
export const unsettled = async (ledger: Ledger, run: string): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*)::integer as count from (
      select target, person from staged_user where run = ${run} and state in ('staged', 'matched')
      union select target, person from change where run = ${run}
        and (status = 'planned' or (status = 'begun' and reason is null))) left_over`.execute(ledger.db);
  return rows[0]?.count ?? 0;
};
