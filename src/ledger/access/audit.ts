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

/** Records that somebody looked at values: once in ten minutes for the same look, so that a page seen twice is one line. */
export const auditLook = async (ledger: Ledger, { who, action, subject }: Omit<AuditEntry, 'at'>): Promise<void> => {
  await sql`insert into audit (who, action, subject) select ${who}, ${action}, ${subject}
    where not exists (select 1 from audit where who = ${who} and action = ${action} and subject = ${subject}
      and at > now() - interval '10 minutes')`.execute(ledger.db);
};

/** The newest actions, newest first. */
export const listAudit = async (ledger: Ledger, limit: number): Promise<AuditEntry[]> => {
  const { rows } = await sql<AuditEntry>`select who, action, subject, at from audit
    order by id desc limit ${limit}`.execute(ledger.db);
  return rows;
};
