import { type Kysely, sql } from 'kysely';

/**
 * Notices of changes of state, each written once, in the transaction that makes the change, and sent from there; what
 * was told of a connector's trouble; and counters that only grow, whatever is pruned.
 */
export const noticesMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table notice (
    id text primary key,
    connector text not null,
    event text not null,
    facts jsonb not null,
    at timestamptz not null default now(),
    sent text[] not null default '{}',
    done_at timestamptz,
    given_up_at timestamptz
  )`,
  'create index notice_open on notice (at) where done_at is null and given_up_at is null',
  `create table connector_trouble (
    connector text primary key,
    trouble text,
    since timestamptz,
    held_run text
  )`,
  'alter table leaver add column told boolean not null default false',
  `create table running_total (
    name text not null,
    connector text not null,
    labels text[] not null,
    total double precision not null,
    primary key (name, connector, labels)
  )`,
];
