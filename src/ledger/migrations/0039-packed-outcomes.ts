import { type Kysely, sql } from 'kysely';

/**
 * How people ended in runs that nothing is compared with any more: not a row for each of them, but one for all who ended in
 * the same way. `every_outcome` are these and the others alike.
 */
export const packedOutcomesMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `create table packed_outcome (
    run text not null references run on delete cascade,
    target text not null,
    outcome text not null,
    reason text not null,
    facts jsonb,
    people text[] not null
  )`,
  'create index packed_outcome_by_run on packed_outcome (run)',
  `create view every_outcome as
    select run, target, person, outcome, reason, facts from outcome
    union all
    select p.run, p.target, person, p.outcome, p.reason, p.facts from packed_outcome p, unnest(p.people) person`,
];
