import { type Kysely, sql } from 'kysely';

/** How the values of accounts a run read for the first time, or all of them, compare with those of the directory. */
export const parityMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`create table parity (
      run text not null references run on delete cascade,
      target text not null,
      attribute text not null,
      standing text not null,
      people integer not null,
      examples text[] not null,
      primary key (run, target, attribute, standing)
    )`.execute(db);
  },
};
