import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';

/** A leaver whose values a plan clears at one target. */
export type PlannedClear = { readonly target: string; readonly person: SourceId };

/** The leavers whose values a run is still to clear and who have not been asked for again, by person. */
export const plannedClears = async (ledger: Ledger, run: string): Promise<readonly PlannedClear[]> => {
  const { rows } = await sql<PlannedClear>`select distinct g.target, g.person from run_leaver g
    join staged_user s on s.run = g.run and s.target = g.target and s.person = g.person
    join change c on c.run = g.run and c.target = g.target and c.person = g.person and c.status = 'planned'
    where g.run = ${run} and g.kind <> 'present' and not g.asked_again order by g.person, g.target`.execute(ledger.db);
  return rows;
};

/** Notes that these people have been asked for again. */
export const noteAskedAgain = async (ledger: Ledger, run: string, people: readonly SourceId[]): Promise<void> => {
  await sql`update run_leaver set asked_again = true where run = ${run} and person = any(${people}::text[])`.execute(
    ledger.db,
  );
};
