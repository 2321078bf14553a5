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
  throw new Failure('config', "The ledger's database could not be upgraded.", {
    remedy: (await isNewer(db))
      ? 'It was written by a newer Attune: start that version, or restore a backup.'
      : 'Check that the database user may create tables in it; the cause is in the log.',
    cause: error,
  });
};

/** What is wrong with the schema of a ledger that was right at the start, or null: another Attune may have changed it. */
export const schemaProblem = async (db: Kysely<Tables>): Promise<string | null> => {
  const names = await appliedMigrations(db);
  if (names.some((name) => !(name in migrations)))
    return 'was upgraded by a newer Attune: restart this one with that release';
  return names.length < Object.keys(migrations).length ? 'is older than this Attune: restart it' : null;
};

const isNewer = async (db: Kysely<Tables>): Promise<boolean> =>
  (await appliedMigrations(db).catch(() => [])).some((name) => !(name in migrations));

const appliedMigrations = async (db: Kysely<Tables>): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return rows.map(({ name }) => name);
};
