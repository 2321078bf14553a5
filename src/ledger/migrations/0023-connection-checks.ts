import { type Kysely, sql } from 'kysely';

/** What was last looked at of a connector's source and of each of its targets; the lines hold no personal value. */
export const connectionChecksMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`create table connection_check (
      connector text not null,
      party text not null,
      at timestamptz not null default now(),
      who text not null,
      lines jsonb not null,
      primary key (connector, party)
    )`.execute(db);
  },
};
