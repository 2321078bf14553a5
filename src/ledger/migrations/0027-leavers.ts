import { type Kysely, sql } from 'kysely';

/**
 * Who has left: whom a run found gone (`run_leaver`: missing from its listing or outside the scopes, with what the
 * provider said when asked by id), and since when the connector knows (`leaver`). `read_proof` is what the read of a run
 * proves, `leaver_spans` what its document says becomes of leavers; null for a run that did not look for any.
 */
export const leaversMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  'alter table run add column read_proof text, add column leaver_spans jsonb',
  `create table run_leaver (
    run text not null references run on delete cascade,
    target text not null,
    person text not null,
    listed boolean not null,
    kind text,
    tried boolean not null default false,
    answered boolean not null default false,
    asked_again boolean not null default false,
    read_number bigint,
    read_at timestamptz,
    primary key (run, target, person)
  )`,
  `create table leaver (
    connector text not null,
    target text not null,
    person text not null,
    kind text not null,
    since timestamptz not null,
    asked_at timestamptz,
    clear_at timestamptz,
    cleared_at timestamptz,
    run text not null,
    primary key (connector, target, person)
  )`,
];
