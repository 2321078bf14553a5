import type { ColumnType } from 'kysely';

/** One key that ever sealed a value here, with the digest key under it: proof at start that the key ring fits. */
export type LedgerKeyTable = {
  key_id: string;
  digest_key_sealed: Buffer;
  created_at: ColumnType<Date, never, never>;
};

/**
 * The tables that are read and written through typed queries. All others are named in SQL, because their statements are
 * bulk statements; each query there gives the type of its rows.
 */
export type Tables = { ledger_key: LedgerKeyTable };
