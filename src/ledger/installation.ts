import { sql } from 'kysely';
import type { Ledger } from './open.ts';

/** What the ledger says of itself: the size of its database, the last step of its schema, and the age of its oldest key. */
export type Installation = {
  readonly bytes: number;
  readonly schema: string;
  readonly oldestKeyAt: Date;
  readonly runs: number;
};

/** Looks at the ledger's own database. */
export const readInstallation = async (ledger: Ledger): Promise<Installation> => {
  const { rows } = await sql<Installation>`select pg_database_size(current_database())::float8 as bytes,
      (select max(name) from kysely_migration) as schema,
      (select min(created_at) from ledger_key) as "oldestKeyAt",
      (select count(*)::integer from run) as runs`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) throw new Error('a ledger says nothing of itself');
  return row;
};
