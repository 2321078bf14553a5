import { sql } from 'kysely';
import { z } from 'zod';
import type { CheckLine } from '../core/check-line.ts';
import { keptJson } from './kept-json.ts';
import type { Ledger } from './open.ts';

/** What was looked at of a connector's source (`source`) or of one of its targets, by its id. */
export type ConnectionCheck = {
  readonly connector: string;
  readonly party: string;
  readonly at: Date;
  readonly who: string;
  readonly lines: readonly CheckLine[];
};

const keptLines = keptJson<readonly CheckLine[]>(
  'the lines of a check',
  z.array(z.object({ what: z.string(), ok: z.boolean(), found: z.string(), remedy: z.string().exactOptional() })),
);

/** Remembers what was looked at, in place of the last look. */
export const storeCheck = async (ledger: Ledger, check: Omit<ConnectionCheck, 'at'>): Promise<void> => {
  await sql`insert into connection_check (connector, party, who, lines)
    values (${check.connector}, ${check.party}, ${check.who}, ${keptLines.text(check.lines)}::jsonb)
    on conflict (connector, party) do update set at = now(), who = excluded.who, lines = excluded.lines`.execute(
    ledger.db,
  );
};

/** The last look at every source and target. */
export const lastChecks = async (ledger: Ledger): Promise<readonly ConnectionCheck[]> => {
  const { rows } = await sql<
    Omit<ConnectionCheck, 'lines'> & { lines: unknown }
  >`select connector, party, at, who, lines
    from connection_check order by connector, party`.execute(ledger.db);
  return rows.map((row) => ({ ...row, lines: keptLines.of(row.lines) }));
};
