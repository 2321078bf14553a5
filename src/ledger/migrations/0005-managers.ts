import { type Kysely, sql } from 'kysely';

/**
 * People kept until everybody is read, for directories that name the manager only: the manager may come later. And who
 * named whom when last seen, so that an increment knows whose profile a changed manager touches.
 */
export const managersMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  'alter table read_page add column mapped boolean not null default true',
  `create table run_person (
    run text not null references run on delete cascade,
    source_id text not null,
    page_no integer not null,
    attributes_sealed bytea not null,
    manager_digest bytea,
    manager_sealed bytea,
    primary key (run, source_id)
  )`,
  'create index run_person_by_page on run_person (run, page_no)',
  `create table run_name (
    run text not null references run on delete cascade,
    name_digest bytea not null,
    source_id text not null,
    primary key (run, name_digest, source_id)
  )`,
  `create table managed (
    connector text not null,
    source_id text not null,
    manager_digest bytea not null,
    primary key (connector, source_id)
  )`,
  'create index managed_by_manager on managed (connector, manager_digest)',
];
