import { Failure } from '../core/failure.ts';
import { makeDataDir } from '../embedded/data-dir.ts';
import { claimDirectory } from '../embedded/owner.ts';
import { startEmbeddedPostgres } from '../embedded/postgres/start.ts';
import { copyLedger, type Moved } from '../ledger/move.ts';
import { openLedger } from '../ledger/open.ts';
import { localKeys, parseKeys, type SealingKeys } from '../ledger/sealing/keys.ts';
import { openStack } from './stack.ts';

/** Where a ledger is moved to: the database at ATTUNE_DATABASE_URL, or the embedded one of the data directory. */
export type MoveTo = 'database' | 'directory';

/**
 * Moves the ledger between the data directory and the database at ATTUNE_DATABASE_URL. Both must be at rest. The keys of
 * the ring at the other end must open what is moved, which is proved before anything is copied.
 */
export const moveLedger = async (to: MoveTo, dataDir: string, env: NodeJS.ProcessEnv): Promise<Moved> => {
  const url = env.ATTUNE_DATABASE_URL;
  if (url === undefined) {
    throw new Failure(
      'config',
      'ATTUNE_DATABASE_URL is not set; it names the database to move the ledger from or to.',
      {
        remedy: 'Set it to postgres://user:password@host:5432/database.',
      },
    );
  }
  const keys = parseKeys(env.ATTUNE_KEYS);
  const stack = openStack();
  try {
    stack.add(await claimDirectory(await makeDataDir(dataDir)));
    const postgres = await startEmbeddedPostgres({ dataDir });
    stack.add(postgres.stop, 10_000);
    const own = await localKeys(dataDir);
    if (to === 'database') {
      await proveRing(postgres.url, own, keys, 'ATTUNE_KEYS', `the line in ${dataDir}/keys`);
      return await copyLedger(postgres.url, url);
    }
    await proveRing(url, keys, own, `the file ${dataDir}/keys`, 'what ATTUNE_KEYS holds');
    return await copyLedger(url, postgres.url);
  } finally {
    await stack.close();
  }
};

/** Opens the source with its own ring and then with that of the other end, which must know all keys in use. */
const proveRing = async (url: string, own: SealingKeys, next: SealingKeys, where: string, what: string) => {
  await (await openLedger({ url, keys: own })).close();
  const sealing = own.filter((key) => !next.some((other) => other.id === key.id && same(key.bytes, other.bytes)));
  if (sealing.length === 0) return;
  throw new Failure('config', `The ledger is encrypted with keys that ${where} does not have.`, {
    remedy: `Put ${what} there, after a newer key if there is one: values are moved in their encrypted form.`,
  });
};

const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.from(one).equals(other);
