import { sql } from 'kysely';
import type { Ledger } from '../open.ts';

/** Who did what to which run, connector or token. It names no person of the directory. */
export type AuditEntry = { readonly who: string; readonly action: string; readonly subject: string; readonly at: Date };

/** Records an action. */
export const audit = async (ledger: Ledger, entry: Omit<AuditEntry, 'at'>): Promise<void> => {
  await sql`insert into audit (who, action, subject) values (${entry.who}, ${entry.action}, ${entry.subject})`.execute(
    ledger.db,
  );
};

/** The newest actions, newest first. */
export const listAudit = async (ledger: Ledger, limit: number): Promise<AuditEntry[]> => {
  const { rows } = await sql<AuditEntry>`select who, action, subject, at from audit
    order by id desc limit ${limit}`.execute(ledger.db);
  return rows;
};
