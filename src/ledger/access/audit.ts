import { sql } from 'kysely';
import type { Ledger } from '../open.ts';

/** Who did what to which run, connector or token, and why where they said so. It names people of the directory by id only. */
export type AuditEntry = {
  readonly id: number;
  readonly at: Date;
  readonly who: string;
  readonly action: string;
  readonly subject: string;
  readonly comment: string | null;
};

/** An action to be recorded. */
export type NewAuditEntry = Pick<AuditEntry, 'who' | 'action' | 'subject'> & { readonly comment?: string | null };

/** Records an action. */
export const audit = async (ledger: Ledger, { who, action, subject, comment = null }: NewAuditEntry): Promise<void> => {
  await sql`insert into audit (who, action, subject, comment) values (${who}, ${action}, ${subject}, ${comment})`.execute(
    ledger.db,
  );
};

/** Records that somebody looked at values: once in ten minutes for the same look, so that a page seen twice is one line. */
export const auditLook = async (ledger: Ledger, { who, action, subject }: NewAuditEntry): Promise<void> => {
  await sql`insert into audit (who, action, subject) select ${who}, ${action}, ${subject}
    where not exists (select 1 from audit where who = ${who} and action = ${action} and subject = ${subject}
      and at > now() - interval '10 minutes')`.execute(ledger.db);
};

/** Which actions are listed: those before `before`, of this bearer, of this kind (`run` or `run.approve`), about this. */
export type AuditFilter = {
  readonly before?: number | null;
  readonly who?: string | null;
  readonly action?: string | null;
  readonly subject?: string | null;
};

/** The newest actions, newest first. */
export const listAudit = async (
  ledger: Ledger,
  limit: number,
  { before = null, who = null, action = null, subject = null }: AuditFilter = {},
): Promise<AuditEntry[]> => {
  const { rows } = await sql<AuditEntry>`select id::float8 as id, at, who, action, subject, comment from audit
    where (${before}::bigint is null or id < ${before}) and (${who}::text is null or who = ${who})
      and (${action}::text is null or action = ${action} or starts_with(action, ${action} || '.'))
      and (${subject}::text is null or subject = ${subject} or starts_with(subject, ${subject} || '/'))
    order by id desc limit ${limit}`.execute(ledger.db);
  return rows;
};
