import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { Failure } from '../../core/failure.ts';
import type { Tables } from '../schema.ts';
import { inTransaction } from '../transaction.ts';
import { createKeyring, type Keyring, openWith, sealUnder } from './keyring.ts';
import type { SealingKeys } from './keys.ts';

const context = 'ledger-key';

/**
 * Proves at start that the ring opens what the ledger holds, and gives the working key ring. Every key that ever sealed
 * a value has a row with the digest key under it: a key missing from the ring, or another key under the same id, is
 * found here and not in the middle of a run.
 */
export const proveKeys = async (db: Kysely<Tables>, keys: SealingKeys): Promise<Keyring> => {
  const known = await knownKeys(db);
  if (known.length === 0) await register(db, keys, randomBytes(32));
  const rows = known.length === 0 ? await knownKeys(db) : known;
  const digestKeys = rows.map((row) => digestKeyOf(keys, row.key_id, row.digest_key_sealed));
  const digestKey = digestKeys[0];
  if (digestKey === undefined || digestKeys.some((other) => !other.equals(digestKey))) {
    throw new Failure('config', 'The keys recorded in the ledger contradict each other.', {
      remedy:
        'Restore the ledger from a backup. An empty database works too: what accounts hold is read again, but manual links, tokens, connectors stored through the API, the audit log and history are lost.',
    });
  }
  if (rows.every((row) => row.key_id !== keys[0].id)) await register(db, keys, digestKey);
  return createKeyring(keys, digestKey);
};

const knownKeys = (db: Kysely<Tables>) =>
  db.selectFrom('ledger_key').select(['key_id', 'digest_key_sealed']).orderBy('created_at').execute();

/** Under a table lock, so that two processes at their first start agree on one digest key. */
const register = (db: Kysely<Tables>, keys: SealingKeys, digestKey: Buffer): Promise<void> =>
  inTransaction({ db }, async (trx) => {
    await sql`lock table ledger_key in exclusive mode`.execute(trx);
    const rows = await knownKeys(trx);
    const sealing = keys[0];
    if (rows.some((row) => row.key_id === sealing.id)) return;
    const first = rows[0];
    const agreed = first === undefined ? digestKey : digestKeyOf(keys, first.key_id, first.digest_key_sealed);
    await trx
      .insertInto('ledger_key')
      .values({ key_id: sealing.id, digest_key_sealed: sealUnder(sealing, agreed, context) })
      .execute();
  });

const digestKeyOf = (keys: SealingKeys, id: string, sealed: Buffer): Buffer => {
  if (keys.every((key) => key.id !== id)) {
    throw new Failure(
      'config',
      `The ledger has values encrypted with key '${id}', which the key ring does not contain.`,
      {
        remedy: 'Put that key back, after the current key.',
      },
    );
  }
  try {
    return openWith(keys, sealed, context, context);
  } catch (cause) {
    throw new Failure('config', `Key '${id}' does not fit this ledger: its values were encrypted with another key.`, {
      remedy: 'Start with the key that was in use when the ledger was written, or use an empty database.',
      cause,
    });
  }
};
