import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Ledger } from './open.ts';
import { seal, unseal } from './sealing/sealed.ts';

/**
 * Lays a login or mail down for a worker and gives the random key it is asked for by, so that neither enters a
 * workflow's history. Readable until it expires, because the reader may be repeated.
 */
export const putLookup = async (ledger: Ledger, value: string, seconds: number): Promise<string> => {
  const key = randomBytes(18).toString('base64url');
  await sql`delete from lookup where expires_at <= now()`.execute(ledger.db);
  await sql`insert into lookup (key, value_sealed, expires_at)
    values (${key}, ${seal(ledger, 'lookup', { key }, value)}, now() + make_interval(secs => ${seconds}))`.execute(
    ledger.db,
  );
  return key;
};

/** What was laid down under the key, or null when it has expired. */
export const readLookup = async (ledger: Ledger, key: string): Promise<string | null> => {
  const { rows } = await sql<{ sealed: Buffer }>`select value_sealed as sealed from lookup
    where key = ${key} and expires_at > now()`.execute(ledger.db);
  const row = rows[0];
  return row === undefined ? null : unseal(ledger, 'lookup', { key }, row.sealed);
};
