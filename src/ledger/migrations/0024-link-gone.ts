import { type Kysely, sql } from 'kysely';

/** Whom a run found linked to an account that is gone, and has looked for again. */
export const linkGoneMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`alter table staged_user add column link_gone boolean not null default false`.execute(db);
  },
};
