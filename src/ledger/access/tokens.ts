import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { type Ability, abilities } from '../../core/abilities.ts';
import { Failure } from '../../core/failure.ts';
import type { Ledger } from '../open.ts';

/** A token as it is listed; the secret itself is known to its bearer alone. */
export type Token = {
  readonly name: string;
  readonly can: readonly Ability[];
  readonly createdBy: string;
  readonly createdAt: Date;
  /** When it expires; null for one that is valid until it is revoked. */
  readonly expiresAt: Date | null;
  /** To the minute; null for one that was never used. */
  readonly lastUsedAt: Date | null;
};

/** Makes a named token, valid for so many days or until it is revoked, and gives its text, this once. */
export const addToken = async (
  ledger: Ledger,
  token: { name: string; can: readonly Ability[]; createdBy: string; days?: number | null },
): Promise<string> => {
  const text = `attune_${randomBytes(32).toString('base64url')}`;
  const { days = null } = token;
  // A name whose token has expired is free again.
  await sql`update token set revoked_at = expires_at
    where name = ${token.name} and revoked_at is null and expires_at <= now()`.execute(ledger.db);
  const { rows } = await sql`insert into token (name, hash, abilities, created_by, expires_at)
    values (${token.name}, ${hashOf(text)}, ${abilities.filter((one) => token.can.includes(one))}, ${token.createdBy},
      now() + make_interval(days => ${days}::integer))
    on conflict do nothing returning id`.execute(ledger.db);
  if (rows.length === 1) return text;
  throw new Failure('conflict', 'There is already a token with that name.', {
    remedy: 'Revoke it first, or choose another name.',
  });
};

/**
 * Creates a token with a text that the installation was given, or keeps it if it exists; an earlier token with that
 * name and another text ends.
 */
export const adoptToken = async (
  ledger: Ledger,
  token: { name: string; text: string; can: readonly Ability[]; createdBy: string },
): Promise<void> => {
  await sql`update token set revoked_at = now()
    where name = ${token.name} and revoked_at is null and hash <> ${hashOf(token.text)}`.execute(ledger.db);
  await sql`insert into token (name, hash, abilities, created_by)
    values (${token.name}, ${hashOf(token.text)}, ${[...token.can]}, ${token.createdBy})
    on conflict do nothing`.execute(ledger.db);
  if ((await authenticate(ledger, token.text)) !== null) return;
  throw new Failure('config', 'The token this installation was given has been revoked.', {
    remedy: 'Set another one.',
  });
};

/** Who bears this token and what they may do, or null when it is unknown, revoked or expired. Notes the use, once a minute. */
export const authenticate = (ledger: Ledger, text: string): Promise<Token | null> =>
  useToken(ledger, sql`hash = ${hashOf(text)}`);

/** The same for the token of a session, by its number. */
export const tokenOfSession = (ledger: Ledger, id: string): Promise<Token | null> => useToken(ledger, sql`id = ${id}`);

const useToken = async (ledger: Ledger, which: ReturnType<typeof sql>): Promise<Token | null> => {
  const { rows } = await sql<Token>`select ${columns} from token where ${which} and ${validToken}`.execute(ledger.db);
  const token = rows[0];
  if (token === undefined) return null;
  await sql`update token set last_used_at = now() where name = ${token.name} and ${validToken}
    and (last_used_at is null or last_used_at < now() - interval '1 minute')`.execute(ledger.db);
  return token;
};

/** Ends a token; false when there is none of that name. */
export const revokeToken = async (ledger: Ledger, name: string): Promise<boolean> => {
  const { rows } = await sql`update token set revoked_at = now()
    where name = ${name} and revoked_at is null returning id`.execute(ledger.db);
  return rows.length === 1;
};

/** The valid tokens, by name. */
export const listTokens = async (ledger: Ledger): Promise<Token[]> => {
  const { rows } = await sql<Token>`select ${columns} from token where ${validToken} order by name`.execute(ledger.db);
  return rows;
};

const columns = sql`name, abilities as can, created_by as "createdBy", created_at as "createdAt",
  expires_at as "expiresAt", last_used_at as "lastUsedAt"`;

/** Holds for tokens that are neither revoked nor over. */
export const validToken = sql`revoked_at is null and (expires_at is null or expires_at > now())`;

/** One round is enough: the token is 256 random bits, not a password. */
const hashOf = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
