import { type Kysely, sql } from 'kysely';

/** `onBreach: holdAttribute` was accepted and did what `waitForApproval` does; stored versions say so now. */
export const onBreachMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`update connector_version
      set definition = jsonb_set(definition, '{connector,guard,onBreach}', '"waitForApproval"')
      where definition #>> '{connector,guard,onBreach}' = 'holdAttribute'`.execute(db);
  },
};
