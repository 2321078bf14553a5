import { type Kysely, sql } from 'kysely';

/**
 * Who is in the groups a document names: as a run reads it, and as the last run that was carried out knew it, so that
 * an increment can tell who joined or left since.
 */
export const incrementsMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table member_page (
    run text not null references run on delete cascade,
    group_name text not null,
    page_no integer not null,
    next_sealed bytea,
    primary key (run, group_name, page_no)
  )`,
  `create table run_member (
    run text not null references run on delete cascade,
    source_id text not null,
    group_name text not null,
    primary key (run, source_id, group_name)
  )`,
  `create table membership (
    connector text not null,
    source_id text not null,
    group_name text not null,
    primary key (connector, source_id, group_name)
  )`,
];
