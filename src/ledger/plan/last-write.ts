import { sql } from 'kysely';
import type { AttributeId } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { unseal } from '../sealing/sealed.ts';

/** The last write of one attribute of one person at one target. */
export type WrittenValue = {
  readonly value: string | null;
  readonly before: string | null;
  readonly run: string;
  readonly version: number;
  /** The row of that version that gave it; null for a value from before rows were kept. */
  readonly row: number | null;
  readonly startedBy: string;
  readonly at: string;
};

/** The newest change of an attribute that a run wrote or found written; null when no run of the retention time did. */
export const lastWrite = async (
  ledger: Ledger,
  of: { connector: string; target: string; person: SourceId; attribute: AttributeId },
): Promise<WrittenValue | null> => {
  type Row = Omit<WrittenValue, 'value' | 'before' | 'at'> & { before: Buffer | null; after: Buffer | null; at: Date };
  const { rows } = await sql<Row>`select c.before_sealed as before, c.after_sealed as after, r.id as run, r.version,
      c.row_no as row,
      r.started_by as "startedBy", c.decided_at as at
    from change c join run r on r.id = c.run
    where r.connector = ${of.connector} and c.target = ${of.target} and c.person = ${of.person}
      and c.attribute = ${of.attribute} and c.status in ('applied', 'already') and c.decided_at is not null
    order by c.decided_at desc limit 1`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) return null;
  const { target, person, attribute } = of;
  const { before, after, at, ...by } = row;
  const change = { run: by.run, target, person, attribute };
  return {
    value: unseal(ledger, 'after', change, after),
    before: unseal(ledger, 'before', change, before),
    ...by,
    at: at.toISOString(),
  };
};

/** Whether runs of a connector that wrote something are not kept any more. */
export const hasForgotten = async (ledger: Ledger, connector: string): Promise<boolean> => {
  const { rows } = await sql`select 1 from connector where id = ${connector} and forgotten_before is not null`.execute(
    ledger.db,
  );
  return rows.length > 0;
};
