import { type Kysely, sql } from 'kysely';

/**
 * The order between reads of a source: first the version of the document, then a number taken before the request whose
 * answer carries the values. No clock decides it. What was read before there were numbers counts as oldest.
 */
export const readNumbersMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  'create sequence read_number',
  'alter table read_page add column read_number bigint not null default 0',
  'alter table staged_user add column read_number bigint not null default 0',
  'alter table profile add column source_version integer not null default 0, add column read_number bigint not null default 0',
];
