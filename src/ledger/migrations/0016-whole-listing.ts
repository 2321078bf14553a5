import { type Kysely, sql } from 'kysely';

/** Whether a page belongs to a listing of everybody: an account missing from such a one is not known any more. */
export const wholeListingMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`alter table account_page add column everybody boolean not null default false`.execute(db);
  },
};
