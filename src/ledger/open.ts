import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { Failure } from '../core/failure.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './schema.ts';
import type { Keyring } from './sealing/keyring.ts';
import type { SealingKeys } from './sealing/keys.ts';
import { proveKeys } from './sealing/prove-keys.ts';

/** The open ledger, handed to whatever reads or writes it. */
export type Ledger = {
  readonly db: Kysely<Tables>;
  readonly keyring: Keyring;
  readonly close: () => Promise<void>;
};

/** How many connections one process holds at most; the bulk statements need few. */
const poolSize = 10;

/** Connects to the ledger's database, brings its schema up to date and proves that the key ring fits. */
export const openLedger = async (options: { url: string; keys: SealingKeys }): Promise<Ledger> => {
  const pool = openPool(options.url);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await reach(pool);
    await migrate(db);
    return { db, keyring: await proveKeys(db, options.keys), close: () => db.destroy() };
  } catch (error) {
    await db.destroy();
    throw error;
  }
};

const openPool = (url: string): Pool => {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new Failure('config', 'The address of the ledger is not a PostgreSQL address.', {
      remedy: 'Set ATTUNE_DATABASE_URL to postgres://user:password@host:5432/database.',
    });
  }
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    application_name: 'attune',
  });
  pool.on('error', () => undefined);
  return pool;
};

/** PostgreSQL: appendix A, error codes; and Node's own codes of a connection that cannot be made. */
const reach = async (pool: Pool): Promise<void> => {
  try {
    await pool.query('select 1');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code.startsWith('28')) {
      throw new Failure('auth', "The ledger's database refused the user or the password.", {
        remedy: 'Correct them in ATTUNE_DATABASE_URL.',
        cause,
      });
    }
    if (code === '3D000') {
      throw new Failure('config', "The ledger's database does not exist.", {
        remedy: 'Create it, or correct its name in ATTUNE_DATABASE_URL.',
        cause,
      });
    }
    throw new Failure('unavailable', "The ledger's database cannot be reached.", {
      remedy: 'Check that PostgreSQL is running and that host and port in ATTUNE_DATABASE_URL are right.',
      cause,
    });
  }
};
