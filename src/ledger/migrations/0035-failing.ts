import { type Kysely, sql } from 'kysely';

/**
 * Who fails at a target, for what and how often in a row, so that a failure nothing will change is not tried every night;
 * and the run whose failed and skipped people another run tries again.
 */
export const failingMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table failing (
    connector text not null,
    target text not null,
    person text not null,
    reason text not null,
    facts jsonb,
    digest bytea,
    times integer not null,
    last_run text not null,
    last_at timestamptz not null default now(),
    primary key (connector, target, person)
  )`,
  'alter table run add column retry_of text',
];
