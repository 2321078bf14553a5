import { sql } from 'kysely';
import type { Outcome } from '../../core/outcome.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';

/** One user's end at one target, with the reason; an unchanged user has no row. */
export type NewOutcome = {
  readonly target: string;
  readonly person: SourceId;
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
  await sql`insert into outcome (run, target, person, outcome, reason)
    select ${run}, t.* from unnest(${outcomes.map((o) => o.target)}::text[], ${outcomes.map((o) => o.person)}::text[],
      ${outcomes.map((o) => o.outcome)}::text[], ${outcomes.map((o) => o.reason)}::text[]) t
    on conflict (run, target, person) do update set outcome = excluded.outcome, reason = excluded.reason`.execute(
    ledger.db,
  );
};

/** The key of the last outcome before a page, in the order of a listing. */
export type OutcomeKey = Pick<NewOutcome, 'target' | 'person'>;

/** The outcomes of a run behind `after`, in a stable order. */
export const listOutcomes = async (
  ledger: Ledger,
  run: string,
  page: { after: OutcomeKey | null; limit: number; target: string | null; outcome: string | null },
): Promise<NewOutcome[]> => {
  const { after } = page;
  const { rows } = await sql<NewOutcome>`select target, person, outcome, reason from outcome
    where run = ${run} and (${page.target}::text is null or target = ${page.target})
      and (${page.outcome}::text is null or outcome = ${page.outcome})
      and (${after === null} or (target, person) > (${after?.target ?? ''}, ${after?.person ?? ''}))
    order by target, person limit ${page.limit}`.execute(ledger.db);
  return rows;
};
