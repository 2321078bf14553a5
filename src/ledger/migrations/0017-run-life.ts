import { type Kysely, sql } from 'kysely';

/**
 * What a run's end needs to be true whatever happens to its workflow: who decided over its plan, where its workflow is
 * asked for, since when it is missing there, who asked for its end, and what its report needs of a document that may no
 * longer open.
 */
export const runLifeMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table run
    add column namespace text,
    add column targets text[],
    add column warnings text[] not null default '{}',
    add column note text,
    add column missing_since timestamptz,
    add column cancel_asked_by text`,
  `create index run_unfinished on run (started_at) where status in ('running', 'approved')`,
  `create table decision (
    id bigint generated always as identity primary key,
    run text not null references run on delete cascade,
    decision text not null,
    who text not null,
    comment text,
    version integer not null,
    without jsonb,
    decided_at timestamptz not null default now()
  )`,
  `create index decision_by_run on decision (run, id)`,
];
