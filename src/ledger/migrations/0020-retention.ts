import { type Kysely, sql } from 'kysely';

/**
 * What is removed when its time is over: which runs have had their staging removed, which are being removed whole, and up
 * to when the changes of a connector are no longer known.
 */
export const retentionMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  'alter table run add column staging_pruned_at timestamptz, add column removed_at timestamptz',
  'create index run_staged on run (started_at) where staging_pruned_at is null',
  'alter table connector add column forgotten_before timestamptz',
];
