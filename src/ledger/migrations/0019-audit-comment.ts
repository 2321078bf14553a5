import { type Kysely, sql } from 'kysely';

/** Why somebody did what they did, where they said so. */
export const auditCommentMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`alter table audit add column comment text`.execute(db);
  },
};
