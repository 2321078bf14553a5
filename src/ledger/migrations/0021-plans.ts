import { type Kysely, sql } from 'kysely';

/**
 * What a plan needs to be looked at and decided over in parts: digests of its values, by which like changes are counted
 * without opening them; the digest of the whole; which run it was taken out of; and which run replaced it.
 */
export const plansMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table change add column before_digest bytea, add column after_digest bytea`,
  `alter table staged_user add column in_part boolean not null default false`,
  `alter table run
    add column plan_digest text,
    add column held_from text references run on delete set null,
    add column superseded_by text`,
  `create index run_by_held_from on run (held_from) where held_from is not null`,
  `create table plan_news (
    run text not null references run on delete cascade,
    target text not null,
    attribute text not null,
    value_count integer not null,
    unknown_count integer not null,
    primary key (run, target, attribute)
  )`,
];
