import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Ledger } from '../open.ts';
import { type Token, tokenOfSession, validToken } from './tokens.ts';

/** How long a browser stays signed in at most, and how long without a request. */
const sessionHours = 8;
const idleMinutes = 30;

/** How long a link that signs in may be used, once. */
const linkSeconds = 60;

/** A browser's sign-in: its token, and when it ends at the latest. */
export type Session = { readonly token: Token; readonly expiresAt: Date };

/** Opens a session for the bearer of a token and gives its secret; null when the token is not valid. */
export const openSession = (ledger: Ledger, token: string): Promise<string | null> =>
  insertSession(ledger, sql`select id from token where hash = ${hashOf(token)} and ${validToken}`);

/** Spends a link for a session and gives the session's secret; null when the link was spent, has expired or lost its token. */
export const spendLink = async (ledger: Ledger, code: string): Promise<string | null> =>
  insertSession(
    ledger,
    sql`select id from token where id in (select token from spent) and ${validToken}`,
    sql`spent as (delete from sign_in_link where hash = ${hashOf(code)} and expires_at > now() returning token),`,
  );

const insertSession = async (
  ledger: Ledger,
  token: ReturnType<typeof sql>,
  before: ReturnType<typeof sql> = sql``,
): Promise<string | null> => {
  const secret = randomBytes(32).toString('base64url');
  await sql`delete from session where expires_at <= now()
    or last_seen_at <= now() - make_interval(mins => ${idleMinutes})`.execute(ledger.db);
  const { rows } = await sql`with ${before} whose as (${token})
    insert into session (hash, token, expires_at)
    select ${hashOf(secret)}, id, now() + make_interval(hours => ${sessionHours}) from whose
    returning hash`.execute(ledger.db);
  return rows.length === 1 ? secret : null;
};

/** Whose session a secret is, or null if it has expired or its token has ended. `use` counts the call as activity. */
export const sessionOf = async (ledger: Ledger, secret: string, use: boolean): Promise<Session | null> => {
  type Row = { readonly tokenId: string; readonly expiresAt: Date; readonly stale: boolean };
  const { rows } = await sql<Row>`select token as "tokenId", expires_at as "expiresAt",
      last_seen_at < now() - interval '1 minute' as stale
    from session where hash = ${hashOf(secret)} and expires_at > now()
      and last_seen_at > now() - make_interval(mins => ${idleMinutes})`.execute(ledger.db);
  const row = rows[0];
  const token = row === undefined ? null : await tokenOfSession(ledger, row.tokenId);
  if (row === undefined || token === null) return null;
  if (use && row.stale) {
    await sql`update session set last_seen_at = now() where hash = ${hashOf(secret)}`.execute(ledger.db);
  }
  return { token, expiresAt: row.expiresAt };
};

/** Ends a session. */
export const endSession = async (ledger: Ledger, secret: string): Promise<void> => {
  await sql`delete from session where hash = ${hashOf(secret)}`.execute(ledger.db);
};

/** Makes a link that signs in once in the name of a token, and gives its code with the moment it ends. */
export const makeLink = async (
  ledger: Ledger,
  tokenName: string,
): Promise<{ readonly code: string; readonly expiresAt: Date }> => {
  const code = randomBytes(32).toString('base64url');
  await sql`delete from sign_in_link where expires_at <= now()`.execute(ledger.db);
  const { rows } = await sql<{ expiresAt: Date }>`insert into sign_in_link (hash, token, expires_at)
    select ${hashOf(code)}, id, now() + make_interval(secs => ${linkSeconds}) from token
    where name = ${tokenName} and ${validToken} returning expires_at as "expiresAt"`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) throw new Error('a request came with a token that is not there');
  return { code, expiresAt: row.expiresAt };
};

/** One round is enough: a secret is 256 random bits, not a password. */
const hashOf = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
