import { type Kysely, sql } from 'kysely';

/**
 * How the run that looked for somebody without a link ended them, if the same holds for as long as what it found is taken as
 * known: by which version of the document, and the keys by which an account could still turn up that they would claim.
 */
export const knownEndsMigration = {
  up: async (db: Kysely<unknown>): Promise<void> => {
    await sql`alter table looked_for add column ended text, add column version integer, add column keys bytea[]`.execute(
      db,
    );
  },
};
