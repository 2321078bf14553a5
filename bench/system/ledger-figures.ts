import { Client } from 'pg';
import type { System } from '../../faults/systems/system.ts';

/** What the ledger takes. */
export type LedgerFigures = {
  readonly bytes: number;
  /** The table of what each target holds, with its indexes, and its rows: one a person and target. */
  readonly profileBytes: number;
  readonly profiles: number;
};

/** Asks the database of a system, by SQL. */
export const askLedger = async (
  system: System,
  statement: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const client = new Client({ connectionString: system.databaseUrl() ?? '' });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
};

/** Measures the ledger once what was removed has been cleared away. */
export const ledgerFigures = async (system: System): Promise<LedgerFigures> => {
  await askLedger(system, 'vacuum');
  const [row = {}] = await askLedger(
    system,
    `select pg_database_size(current_database())::float8 as bytes, pg_total_relation_size('profile')::float8 as profile,
      (select count(*)::float8 from profile) as profiles`,
  );
  return { bytes: Number(row.bytes), profileBytes: Number(row.profile), profiles: Number(row.profiles) };
};

/** What each table of the ledger takes with its indexes, in bytes. */
export const bytesOfTables = async (system: System): Promise<Readonly<Record<string, number>>> => {
  const rows = await askLedger(
    system,
    `select relname as name, pg_total_relation_size(relid)::float8 as bytes from pg_stat_user_tables`,
  );
  return Object.fromEntries(rows.map(({ name, bytes }) => [String(name), Number(bytes)]));
};

/** Rows that were ever inserted, changed or deleted in the tables of the ledger, and in which of them. */
export const rowsTouched = async (system: System): Promise<Readonly<Record<string, number>>> => {
  const rows = await askLedger(
    system,
    `select relname as name, (n_tup_ins + n_tup_upd + n_tup_del)::float8 as rows from pg_stat_user_tables`,
  );
  return Object.fromEntries(rows.map(({ name, rows: count }) => [String(name), Number(count)]));
};
