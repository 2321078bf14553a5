import { type Kysely, sql } from 'kysely';

/**
 * The parties that a run waits for: since when, how often they were tried, and how far the run had come with them then
 * (`mark`). A run that comes further with a party begins its patience anew.
 */
export const outagesMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`create table outage (
      run text not null references run on delete cascade,
      party text not null,
      since timestamptz not null,
      tries integer not null,
      mark text not null,
      said text not null,
      primary key (run, party)
    )`.execute(db);
  },
};
