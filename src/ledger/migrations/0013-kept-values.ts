import { type Kysely, sql } from 'kysely';

/** What a row could not give as the directory has it: too long, cut, or without a translation. */
export const keptValuesMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`create table kept_value (
      run text not null references run (id) on delete cascade,
      target text not null,
      person text not null,
      attribute text not null,
      reason text not null,
      value_digest bytea not null,
      value_sealed bytea not null,
      primary key (run, target, person, attribute, reason, value_digest)
    )`.execute(db);
  },
};
