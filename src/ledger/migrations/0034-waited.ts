import { type Kysely, sql } from 'kysely';

/** How long the plan of a run waited for somebody to decide over it, which is no time that was worked. */
export const waitedMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`alter table run add column waited_ms float8 not null default 0`.execute(db);
  },
};
