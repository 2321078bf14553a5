import { sql } from 'kysely';
import type { Outcome } from '../core/outcome.ts';
import type { SourceId } from '../core/values.ts';
import type { Ledger } from './open.ts';

/** One user's end at one target, with the reason; an unchanged user has no row. */
export type NewOutcome = {
  readonly target: string;
  readonly sourceId: SourceId;
  readonly outcome: Exclude<Outcome, 'unchanged'>;
  readonly reason: string;
};

/** Stores outcomes; a later one of the same user and target replaces the earlier. */
export const insertOutcomes = async (
  ledger: Pick<Ledger, 'db'>,
  run: string,
  outcomes: readonly NewOutcome[],
): Promise<void> => {
  if (outcomes.length === 0) return;
  await sql`insert into outcome (run, target, source_id, outcome, reason)
    select ${run}, t.* from unnest(${outcomes.map((o) => o.target)}::text[], ${outcomes.map((o) => o.sourceId)}::text[],
      ${outcomes.map((o) => o.outcome)}::text[], ${outcomes.map((o) => o.reason)}::text[]) t
    on conflict (run, target, source_id) do update set outcome = excluded.outcome, reason = excluded.reason`.execute(
    ledger.db,
  );
};
