import { type Kysely, sql } from 'kysely';

/**
 * What a run reads, plans and does, and what the ledger remembers of each account between runs. Columns that end in
 * `_sealed` are encrypted; `digest` columns are keyed hashes, comparable but not readable.
 */
export const runsMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table run (
    id text primary key,
    connector text not null,
    version integer not null,
    mode text not null,
    intent text not null,
    source_id text,
    workflow_id text not null,
    started_by text not null,
    status text not null default 'running',
    phase text not null default 'open',
    read_no integer not null default 0,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    plan_expires_at timestamptz,
    guard jsonb,
    failure jsonb,
    report jsonb
  )`,
  `create index run_by_connector on run (connector, started_at desc)`,
  `create table run_calls (
    run text not null references run on delete cascade,
    party text not null,
    login integer not null, listing integer not null, read integer not null, write integer not null,
    primary key (run, party)
  )`,
  `create table read_page (
    run text not null references run on delete cascade,
    read_no integer not null,
    page_no integer not null,
    place_sealed bytea,
    next_sealed bytea,
    watermark_sealed bytea,
    ended boolean not null,
    users integer not null,
    seen text[] not null,
    unchanged jsonb not null,
    read_at timestamptz not null,
    primary key (run, read_no, page_no)
  )`,
  `create table staged_user (
    run text not null references run on delete cascade,
    target text not null,
    pos integer not null,
    source_id text not null,
    desired_sealed bytea not null,
    digest bytea not null,
    read_at timestamptz not null,
    state text not null default 'staged',
    adopted integer not null default 0,
    account_digest bytea,
    account_sealed bytea,
    primary key (run, target, pos),
    unique (run, target, source_id)
  )`,
  `create table staged_key (
    run text not null references run on delete cascade,
    target text not null,
    pos integer not null,
    step smallint not null,
    digest bytea not null
  )`,
  `create index staged_key_by_user on staged_key (run, target, pos)`,
  `create table account_page (
    run text not null references run on delete cascade,
    target text not null,
    page_no integer not null,
    next_sealed bytea,
    primary key (run, target, page_no)
  )`,
  `create table account (
    run text not null references run on delete cascade,
    target text not null,
    digest bytea not null,
    sealed bytea not null,
    primary key (run, target, digest)
  )`,
  `create table account_key (
    run text not null references run on delete cascade,
    target text not null,
    key_digest bytea not null,
    account_digest bytea not null,
    primary key (run, target, key_digest, account_digest)
  )`,
  `create table outcome (
    run text not null references run on delete cascade,
    target text not null,
    source_id text not null,
    outcome text not null,
    reason text not null,
    account_digest bytea,
    primary key (run, target, source_id)
  )`,
  `create table change (
    run text not null references run on delete cascade,
    target text not null,
    source_id text not null,
    attribute text not null,
    pos integer not null,
    before_sealed bytea,
    after_sealed bytea,
    "foreign" boolean not null,
    status text not null default 'planned',
    reason text,
    decided_at timestamptz,
    primary key (run, target, source_id, attribute)
  )`,
  `create index change_by_pos on change (run, target, pos)`,
  `create table batch_claim (
    run text not null references run on delete cascade,
    target text not null,
    from_pos integer not null,
    claim integer not null,
    primary key (run, target, from_pos)
  )`,
  `create table profile (
    connector text not null,
    target text not null,
    source_id text not null,
    account_digest bytea,
    account_sealed bytea,
    values_sealed bytea,
    digest bytea,
    source_read_at timestamptz not null,
    last_run text not null,
    primary key (connector, target, source_id)
  )`,
  `create unique index profile_account on profile (account_digest, connector, target) where account_digest is not null`,
  `create index profile_by_account on profile (target, account_digest)`,
];
