import { type Kysely, sql } from 'kysely';

/**
 * People without a link who were looked for at a target: under which keys, when, and which accounts were found, so that
 * the next run need not list everybody there because of them.
 */
export const lookedForMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table looked_for (
    connector text not null,
    target text not null,
    person text not null,
    keys_digest bytea not null,
    looked_at timestamptz not null,
    primary key (connector, target, person)
  )`,
  `create table found_account (
    connector text not null,
    target text not null,
    person text not null,
    account_digest bytea not null,
    account_sealed bytea not null,
    keys bytea[] not null,
    primary key (connector, target, person, account_digest)
  )`,
  `create table listed (
    connector text not null,
    target text not null,
    listed_at timestamptz not null,
    primary key (connector, target)
  )`,
  'alter table staged_user add column looked_for boolean not null default false',
];
