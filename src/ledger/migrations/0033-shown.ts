import { type Kysely, sql } from 'kysely';

/**
 * What pages show of runs: until when a run waits for a party that is away, and how far the attributes of a target were
 * filled when everybody was read (counted page by page, then kept with the run).
 */
export const shownMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`alter table outage add column until timestamptz`.execute(db);
    await sql`alter table read_page add column coverage jsonb not null default '{}'`.execute(db);
    await sql`create table coverage (
      run text not null references run on delete cascade,
      target text not null,
      attribute text not null,
      people integer not null,
      with_value integer not null,
      too_long integer not null,
      failed integer not null,
      primary key (run, target, attribute)
    )`.execute(db);
  },
};
