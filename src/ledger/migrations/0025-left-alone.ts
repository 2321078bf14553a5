import { type Kysely, sql } from 'kysely';

/** Values that `overwrite` of their row keeps from an account, remembered with the account while nobody looks at it. */
export const leftAloneMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`create table left_alone (
      connector text not null,
      target text not null,
      person text not null,
      attribute text not null,
      value_digest bytea not null,
      value_sealed bytea not null,
      primary key (connector, target, person, attribute)
    )`.execute(db);
  },
};
