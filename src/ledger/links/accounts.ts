import { sql } from 'kysely';
import { foldKey, type MatchKey } from '../../core/people/match.ts';
import type { Ledger } from '../open.ts';
import { seal, unseal } from '../sealing/sealed.ts';
import { inTransaction } from '../transaction.ts';

/** An account of a target's own listing as it is staged: `key` identifies it, `keys` are what it can be found by. */
export type ListedAccount = { readonly key: string; readonly text: string; readonly keys: readonly MatchKey[] };

/** How far the account listing of a run is: null before its first page. */
export const lastAccountPage = async (
  ledger: Ledger,
  run: string,
  target: string,
): Promise<{ pageNo: number; cursor: string | null } | null> => {
  const { rows } = await sql<{ pageNo: number; next: Buffer | null }>`select page_no as "pageNo", next_sealed as next
    from account_page where run = ${run} and target = ${target} order by page_no desc limit 1`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) return null;
  const { pageNo, next } = row;
  return { pageNo, cursor: unseal(ledger, 'nextAccounts', { run, target, pageNo }, next) };
};

/** Stores one page of the listing: sealed accounts, and keyed hashes to join on. `everybody`: it lists all there are. */
export const storeAccountPage = async (
  ledger: Ledger,
  run: string,
  target: string,
  page: { pageNo: number; next: string | null; everybody: boolean; accounts: readonly ListedAccount[] },
): Promise<void> => {
  const next = seal(ledger, 'nextAccounts', { run, target, pageNo: page.pageNo }, page.next);
  await inTransaction(ledger, async (trx) => {
    await sql`insert into account_page (run, target, page_no, everybody, next_sealed)
      values (${run}, ${target}, ${page.pageNo}, ${page.everybody}, ${next})`.execute(trx);
    await insertAccounts({ ...ledger, db: trx }, run, target, page.accounts);
  });
};

/** Stores accounts that a run has found, in addition to those it already knows. */
export const insertAccounts = async (
  ledger: Ledger,
  run: string,
  target: string,
  found: readonly ListedAccount[],
): Promise<void> => {
  const accounts = found.map((account) => ({ ...account, digest: accountDigest(ledger, account.key) }));
  const keys = accounts.flatMap((account) =>
    account.keys.map((key) => ({ account: account.digest, digest: matchDigest(ledger, key) })),
  );
  await sql`insert into account (run, target, digest, sealed)
    select ${run}, ${target}, t.* from unnest(${accounts.map((a) => a.digest)}::bytea[],
      ${accounts.map((a) => sealAccount(ledger, target, a))}::bytea[]) t
    on conflict do nothing`.execute(ledger.db);
  await sql`insert into account_key (run, target, key_digest, account_digest)
    select ${run}, ${target}, t.* from unnest(${keys.map((k) => k.digest)}::bytea[],
      ${keys.map((k) => k.account)}::bytea[]) t
    on conflict do nothing`.execute(ledger.db);
};

/** The keyed hash of a match key, the same for a staged user and for an account. */
export const matchDigest = (ledger: Ledger, key: MatchKey): Buffer =>
  ledger.keyring.digest(`match:${key.by}:${foldKey(key.value)}`);

/** The keyed hash of an account's immutable key. */
export const accountDigest = (ledger: Pick<Ledger, 'keyring'>, key: string): Buffer =>
  ledger.keyring.digest(`account:${key}`);

/** The text of an account, sealed for wherever the account is named. */
export const sealAccount = (
  ledger: Pick<Ledger, 'keyring'>,
  target: string,
  account: { readonly digest: Buffer; readonly text: string },
): Buffer => seal(ledger, 'account', { target, account: account.digest.toString('hex') }, account.text);

/** The text of an account, opened again. */
export const openAccount = (
  ledger: Pick<Ledger, 'keyring'>,
  target: string,
  account: { readonly digest: Buffer; readonly sealed: Buffer },
): string => unseal(ledger, 'account', { target, account: account.digest.toString('hex') }, account.sealed);
