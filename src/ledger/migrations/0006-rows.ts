import { type Kysely, sql } from 'kysely';

/** Which row of the document gave a value, so that it can still be told when several rows of an attribute might have. */
export const rowsMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`alter table change add column row_no smallint`.execute(db);
  },
};
