import { sql } from 'kysely';
import type { Ledger } from './open.ts';

/**
 * The place from which the next delta read of a connector goes on, or null. `basis` says for what the place was given
 * (source, selection): a place given for something else is no place.
 */
export const currentWatermark = async (ledger: Ledger, connector: string, basis: string): Promise<string | null> => {
  const { rows } = await sql<{ sealed: Buffer }>`select value_sealed as sealed from watermark
    where connector = ${connector} and basis = ${basis}`.execute(ledger.db);
  const row = rows[0];
  return row === undefined ? null : ledger.keyring.open(row.sealed, `watermark:${connector}`);
};

/** Remembers the place at the end of a run's complete read. */
export const storeWatermark = async (
  ledger: Ledger,
  connector: string,
  watermark: { value: string; basis: string; run: string },
): Promise<void> => {
  const sealed = ledger.keyring.seal(watermark.value, `watermark:${connector}`);
  await sql`insert into watermark (connector, basis, value_sealed, run)
    values (${connector}, ${watermark.basis}, ${sealed}, ${watermark.run})
    on conflict (connector) do update set basis = excluded.basis, value_sealed = excluded.value_sealed,
      run = excluded.run, stored_at = now()`.execute(ledger.db);
};

/** Forgets the place: the provider no longer knows it, or the next delta has to read everything. */
export const forgetWatermark = async (ledger: Ledger, connector: string): Promise<void> => {
  await sql`delete from watermark where connector = ${connector}`.execute(ledger.db);
};
