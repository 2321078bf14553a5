import { sql } from 'kysely';
import { z } from 'zod';
import type { Notice, NoticeFacts } from '../../core/report/notices.ts';
import { keptJson } from '../kept-json.ts';
import type { Ledger } from '../open.ts';

/** What a notice says, as the ledger keeps it. */
export const keptNotice = keptJson<NoticeFacts>(
  'a notice',
  z.object({
    run: z.string().nullable(),
    since: z.string().nullable(),
    count: z.number().nullable(),
    text: z.string(),
    remedy: z.string().nullable(),
  }),
);

/** The notices that are still to be sent, the oldest first. */
export const openNotices = async (ledger: Ledger): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`select id from notice where done_at is null and given_up_at is null
    order by at limit 1000`.execute(ledger.db);
  return rows.map(({ id }) => id);
};

/** A notice with the receivers who have it already; null once it is done with. */
export const noticeToSend = async (
  ledger: Ledger,
  id: string,
): Promise<{ readonly notice: Notice; readonly sent: readonly string[] } | null> => {
  type Row = Pick<Notice, 'id' | 'connector' | 'event'> & {
    facts: unknown;
    at: Date;
    sent: string[];
  };
  const { rows } = await sql<Row>`select id, connector, event, facts, at, sent from notice
    where id = ${id} and done_at is null and given_up_at is null`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) return null;
  const { facts, at, sent, ...named } = row;
  return { notice: { ...named, ...keptNotice.of(facts), at: at.toISOString() }, sent };
};

/** Notes that a receiver has a notice. */
export const noteSent = async (ledger: Ledger, id: string, receiver: string): Promise<void> => {
  await sql`update notice set sent = array_append(sent, ${receiver}) where id = ${id}`.execute(ledger.db);
};

/** Notes that every receiver has a notice, or that it was tried for long enough. */
export const endNotice = async (ledger: Ledger, id: string, end: 'done' | 'givenUp'): Promise<void> => {
  await sql`update notice set done_at = case when ${end === 'done'} then now() end,
      given_up_at = case when ${end === 'givenUp'} then now() end
    where id = ${id} and done_at is null and given_up_at is null`.execute(ledger.db);
};
