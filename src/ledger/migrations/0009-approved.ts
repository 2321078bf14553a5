import { type Kysely, sql } from 'kysely';

/** When somebody approved the plan of a run: such a run is a measure for later ones, however applying it ended. */
export const approvedMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`alter table run add column approved_at timestamptz`.execute(db);
  },
};
