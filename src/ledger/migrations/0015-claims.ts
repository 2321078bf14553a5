import { type Kysely, sql } from 'kysely';

/**
 * One writer of an account at a time, and the doubt a writer leaves until it has recorded what it did. A row of
 * `account_claim` is the last claim of an account; `turn` moves on with every change of what the ledger knows or
 * believes of the account, so that whoever looked before can tell. `left_doubt` keeps what earlier claims left open.
 * Which attributes of an account a connector keeps is a set, shared by all profiles that have the same.
 */
export const claimsMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  'create sequence claim_number',
  'create sequence claim_turn',
  `create table account_claim (
    target text not null,
    account_digest bytea not null,
    claim bigint not null,
    turn bigint not null,
    connector text not null,
    run text not null,
    person text not null,
    ends_at timestamptz not null,
    in_doubt boolean not null,
    wanted boolean not null default false,
    primary key (target, account_digest)
  )`,
  'create index account_claim_in_doubt on account_claim (connector) where in_doubt',
  'create index account_claim_by_run on account_claim (run)',
  `create table left_doubt (
    target text not null,
    account_digest bytea not null,
    claim bigint not null,
    connector text not null,
    run text not null,
    person text not null,
    ended_at timestamptz not null,
    primary key (target, account_digest, claim)
  )`,
  `create view doubt as
    select target, account_digest, claim, connector, run, person, ends_at as ended_at from account_claim where in_doubt
    union all select target, account_digest, claim, connector, run, person, ended_at from left_doubt`,
  `create table attribute_set (
    id integer generated always as identity primary key,
    attributes text[] not null unique
  )`,
  'alter table profile add column kept_set integer references attribute_set',
  'alter table staged_user add column found_sealed bytea, add column seen_turn bigint',
  `create table slot_wait (
    target text not null,
    holder text not null,
    expires_at timestamptz not null,
    primary key (target, holder)
  )`,
  'alter table connector add column retired_at timestamptz',
  'drop table batch_claim',
];
