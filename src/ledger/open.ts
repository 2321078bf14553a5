import { Kysely, PostgresDialect } from 'kysely';
import { Failure, isFailure } from '../core/failure.ts';
import { migrate } from './migrate.ts';
import { databaseAnswers, openPool, type PoolOptions } from './pool.ts';
import type { Tables } from './schema.ts';
import type { Keyring } from './sealing/keyring.ts';
import type { SealingKeys } from './sealing/keys.ts';
import { proveKeys } from './sealing/prove-keys.ts';

/** The open ledger, handed to whatever reads or writes it. */
export type Ledger = {
  readonly db: Kysely<Tables>;
  readonly keyring: Keyring;
  /** Whether the database answers a new connection in time. */
  readonly answers: (withinMs: number) => Promise<boolean>;
  readonly close: () => Promise<void>;
};

/** Connects to the ledger's database, brings its schema up to date and proves that the key ring fits. */
export const openLedger = async (options: { url: string; keys: SealingKeys }): Promise<Ledger> => {
  await prepare(options.url);
  const db = connect(options.url);
  try {
    const keyring = await proveKeys(db, options.keys);
    return { db, keyring, answers: (withinMs) => databaseAnswers(options.url, withinMs), close: () => db.destroy() };
  } catch (error) {
    await db.destroy();
    throw error;
  }
};

const connect = (url: string, options: PoolOptions = {}): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool: openPool(url, options) }) });

/** Migrations may take longer than any statement of a run, so they have separate connections. */
const prepare = async (url: string): Promise<void> => {
  const db = connect(url, { size: 2, longStatements: true });
  try {
    await db.connection().execute(async () => undefined);
    await migrate(db);
  } catch (error) {
    if (!isFailure(error) || error.kind !== 'unavailable') throw error;
    throw new Failure('unavailable', "The ledger's database cannot be reached.", {
      remedy: 'Check that PostgreSQL is running and that host and port in ATTUNE_DATABASE_URL are right.',
      cause: error,
    });
  } finally {
    await db.destroy();
  }
};
