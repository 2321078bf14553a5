import { sql } from 'kysely';
import type { Ledger } from '../open.ts';

/** A started run, as the answer to a start request. */
export type Started = { readonly run: string; readonly workflowId: string };

/**
 * What is known of a request that carries an idempotency key: it is new (or was cut off before it was answered, and is
 * repeated), the same one is being worked on just now, it was answered before, or its key was used for another request.
 */
export type Repeat =
  | { readonly kind: 'new' }
  | { readonly kind: 'underWay' }
  | { readonly kind: 'answered'; readonly started: Started }
  | { readonly kind: 'other' };

/** How long a key is remembered. */
const hours = 24;

/** After this long without an answer a request counts as cut off: whoever asks next may start it again. */
const cutOffSeconds = 60;

/** Registers a request under its key; the request itself is kept as a keyed hash only, because it may name a person. */
export const claimKey = async (ledger: Ledger, who: string, key: string, request: string): Promise<Repeat> => {
  const digest = ledger.keyring.digest(`idempotency:${request}`);
  const { rows: fresh } =
    await sql`insert into idempotency (who, key, request_digest) values (${who}, ${key}, ${digest})
    on conflict (who, key) do nothing returning key`.execute(ledger.db);
  if (fresh.length === 1) return { kind: 'new' };
  const { rows } = await sql<{ digest: Buffer; run: string | null; workflowId: string | null }>`
    select request_digest as digest, run, workflow_id as "workflowId" from idempotency
    where who = ${who} and key = ${key}`.execute(ledger.db);
  const row = rows[0];
  // Freed a moment ago by a request that was refused.
  if (row === undefined) return { kind: 'underWay' };
  if (!row.digest.equals(digest)) return { kind: 'other' };
  if (row.run === null || row.workflowId === null) {
    const { rows: cutOff } = await sql`update idempotency set created_at = now()
      where who = ${who} and key = ${key} and run is null
        and created_at < now() - make_interval(secs => ${cutOffSeconds}) returning key`.execute(ledger.db);
    return { kind: cutOff.length === 1 ? 'new' : 'underWay' };
  }
  return { kind: 'answered', started: { run: row.run, workflowId: row.workflowId } };
};

/** Remembers the answer for the next request with this key. */
export const answerKey = async (ledger: Ledger, who: string, key: string, started: Started): Promise<void> => {
  await sql`update idempotency set run = ${started.run}, workflow_id = ${started.workflowId}
    where who = ${who} and key = ${key}`.execute(ledger.db);
  await sql`delete from idempotency where created_at < now() - make_interval(hours => ${hours})`.execute(ledger.db);
};

/** Frees a key whose request was refused, so that a corrected one may use it. */
export const freeKey = async (ledger: Ledger, who: string, key: string): Promise<void> => {
  await sql`delete from idempotency where who = ${who} and key = ${key} and run is null`.execute(ledger.db);
};
