import { type Kysely, sql } from 'kysely';

/**
 * When a link may be trusted: as long as the match rules it was found by hold (`link_basis`) and its person has not
 * left the directory (`left_at`). Links made by hand stand apart and outrank those.
 */
export const linksMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  'alter table profile add column link_basis bytea, add column left_at timestamptz',
  'alter table staged_user add column by_hand boolean not null default false',
  `create table manual_link (
    connector text not null,
    target text not null,
    source_id text not null,
    account_digest bytea not null,
    account_sealed bytea not null,
    made_by text not null,
    made_at timestamptz not null default now(),
    primary key (connector, target, source_id),
    unique (connector, target, account_digest)
  )`,
];
