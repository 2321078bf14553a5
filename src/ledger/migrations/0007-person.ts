import { type Kysely, sql } from 'kysely';

/** A person's id at the source has one name everywhere: `person`. */
export const personMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const table of tables) await sql.raw(`alter table ${table} rename column source_id to person`).execute(db);
  },
};

const tables = [
  'run',
  'staged_user',
  'outcome',
  'change',
  'profile',
  'manual_link',
  'run_member',
  'membership',
  'run_person',
  'run_name',
  'managed',
];
