import { type Kysely, sql } from 'kysely';

/** What people are called, sealed, so that a report names them beside their ids. */
export const labelsMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`create table label (
      connector text not null,
      person text not null,
      label_sealed bytea not null,
      digest bytea not null,
      primary key (connector, person)
    )`.execute(db);
  },
};
