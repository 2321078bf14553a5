import { type Kysely, sql } from 'kysely';

/**
 * An approved plan reads its source again under a run of its own, which belongs to it and goes with it; and the people a
 * plan is written for first are marked.
 */
export const looksMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `alter table run add column looks_for text references run on delete cascade`,
  `create index run_by_looks_for on run (looks_for) where looks_for is not null`,
  `alter table staged_user add column goes_first boolean not null default false`,
];
