import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { Failure } from '../core/failure.ts';
import { migrations } from './migrations/index.ts';
import type { Tables } from './schema.ts';

/**
 * Brings the schema up to date. Kysely runs all steps in one transaction under a PostgreSQL advisory lock, so that any
 * number of processes may start at once.
 */
export const migrate = async (db: Kysely<Tables>): Promise<void> => {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  throw new Failure('config', "The ledger's database could not be brought up to date.", {
    remedy: (await isNewer(db))
      ? 'It was written by a newer Attune: start that version, or restore a backup.'
      : 'Check that the database user may create tables in it; the cause is in the log.',
    cause: error,
  });
};

const isNewer = async (db: Kysely<Tables>): Promise<boolean> => {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
    return rows.some((row) => !(row.name in migrations));
  } catch {
    return false;
  }
};
