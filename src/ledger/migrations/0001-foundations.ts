import { type Kysely, sql } from 'kysely';

/**
 * Who may use this installation, what it is configured to do, and what its processes agree on while they run. Columns
 * that end in `_sealed` are encrypted; tokens are kept as hashes only.
 */
export const foundationsMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table ledger_key (
    key_id text primary key,
    digest_key_sealed bytea not null,
    created_at timestamptz not null default now()
  )`,
  `create table connector (
    id text primary key,
    managed_by text not null,
    current_version integer not null,
    created_at timestamptz not null default now()
  )`,
  `create table connector_version (
    connector text not null references connector on delete cascade deferrable initially deferred,
    version integer not null,
    definition jsonb not null,
    created_by text not null,
    comment text,
    created_at timestamptz not null default now(),
    primary key (connector, version)
  )`,
  `create table run_lock (
    connector text primary key,
    run text not null,
    workflow_id text not null,
    taken_at timestamptz not null default now()
  )`,
  `create table watermark (
    connector text primary key,
    basis text not null,
    value_sealed bytea not null,
    run text not null,
    stored_at timestamptz not null default now()
  )`,
  `create table target_slot (
    target text not null,
    slot integer not null,
    holder text not null,
    expires_at timestamptz not null,
    primary key (target, slot)
  )`,
  `create index target_slot_by_holder on target_slot (target, holder)`,
  `create table lookup (
    key text primary key,
    value_sealed bytea not null,
    expires_at timestamptz not null
  )`,
  `create table token (
    id bigint generated always as identity primary key,
    name text not null,
    hash bytea not null unique,
    abilities text[] not null,
    created_by text not null,
    created_at timestamptz not null default now(),
    revoked_at timestamptz
  )`,
  `create unique index token_by_name on token (name) where revoked_at is null`,
  `create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    who text not null,
    action text not null,
    subject text not null
  )`,
  `create table idempotency (
    who text not null,
    key text not null,
    request_digest bytea not null,
    run text,
    workflow_id text,
    created_at timestamptz not null default now(),
    primary key (who, key)
  )`,
];
