import { type Kysely, sql } from 'kysely';

/**
 * Sign-ins of browsers: a session stands for its token and ends with it, a one-time link is spent for a session. Both
 * are kept as hashes only.
 */
export const sessionsMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table session (
    hash bytea primary key,
    token bigint not null references token on delete cascade,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null
  )`,
  `create table sign_in_link (
    hash bytea primary key,
    token bigint not null references token on delete cascade,
    expires_at timestamptz not null
  )`,
  // What happens is looked for among the newest runs, every second while somebody watches.
  'create index run_by_start on run (started_at desc)',
];
