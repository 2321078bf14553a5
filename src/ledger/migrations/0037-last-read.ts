import { type Kysely, sql } from 'kysely';

/**
 * Everybody as they were last read, to answer what a mapping would make of them without asking the provider; and the last
 * read of everybody of each connector, with what it asked for.
 */
export const lastReadMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table last_read (
    connector text not null,
    person text not null,
    attributes_sealed bytea not null,
    digest bytea not null,
    read_number bigint not null,
    primary key (connector, person)
  )`,
  `create table last_read_of (
    connector text primary key,
    run text not null,
    version integer not null,
    selection text[] not null,
    at timestamptz not null default now()
  )`,
];
