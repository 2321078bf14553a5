import { type RawBuilder, sql } from 'kysely';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { seal, unseal } from '../sealing/sealed.ts';
import { accountDigest, sealAccount } from './accounts.ts';
import { keptOf, setNumbers } from './kept-sets.ts';
import { type KnownProfile, knownOf, knownText } from './known-profile.ts';

/** What is remembered of a person at a target. `digest` is null while the target does not hold the desired profile. */
export type ProfileRecord = {
  readonly person: SourceId;
  readonly account: { readonly key: string; readonly text: string };
  /** The digest of the match rules the link was found by. */
  readonly basis: Buffer;
  readonly values: KnownProfile;
  readonly digest: Buffer | null;
  readonly read: ReadMoment;
};

/** The digests of the profiles that targets are known to hold, by target, of the people of one page. */
export const heldDigests = async (
  ledger: Ledger,
  connector: string,
  ids: readonly SourceId[],
): Promise<ReadonlyMap<string, ReadonlyMap<SourceId, Buffer>>> => {
  // One row a target, for rows are costlier to read than what is in them.
  const { rows } = await sql<{ target: string; people: SourceId[]; digests: Buffer }>`select target,
      json_agg(person order by person) as people, string_agg(digest, ''::bytea order by person) as digests from profile
    where connector = ${connector} and person = any(${ids}::text[]) and length(digest) = ${digestBytes}
      and left_at is null group by target`.execute(ledger.db);
  return new Map(
    rows.map(({ target, people, digests }) => [
      target,
      new Map(people.map((person, at) => [person, digests.subarray(at * digestBytes, (at + 1) * digestBytes)])),
    ]),
  );
};

/** The length of a keyed digest. */
const digestBytes = 32;

/** What is remembered of an account, and of whom: once for each connector that has it, the latest read first. */
export const profilesOfAccount = async (
  ledger: Ledger,
  target: string,
  account: string,
): Promise<readonly { connector: string; person: SourceId; values: KnownProfile; run: string; readAt: Date }[]> => {
  type Row = { connector: string; person: string; values: Buffer | null; run: string; readAt: Date };
  const { rows } = await sql<Row>`select connector, person, values_sealed as values,
      last_run as run, source_read_at as "readAt" from profile
    where target = ${target} and account_digest = ${accountDigest(ledger, account)}
    order by source_version desc, read_number desc, source_read_at desc`.execute(ledger.db);
  return rows.map((row) => ({
    ...row,
    values: knownOf(unseal(ledger, 'values', { target, person: row.person }, row.values)),
  }));
};

/**
 * The part of a statement that remembers links and values, for those records whose account `among` lists. Who records
 * holds the account's claim or has moved its turn on, so that nothing newer can be overwritten.
 */
export const rememberProfiles = async (
  ledger: Pick<Ledger, 'db' | 'keyring'>,
  key: { connector: string; target: string; run: string },
  records: readonly ProfileRecord[],
  among: RawBuilder<unknown>,
): Promise<RawBuilder<unknown>> => {
  const { target } = key;
  const accounts = records.map(({ account: { key: id, text } }) => ({ digest: accountDigest(ledger, id), text }));
  const sets = await setNumbers(
    ledger,
    records.map(({ values }) => keptOf(values)),
  );
  return sql`insert into profile (connector, target, person, account_digest, account_sealed, values_sealed, kept_set,
      digest, source_read_at, source_version, read_number, link_basis, last_run)
    select ${key.connector}, ${target}, t.id, t.account_digest, t.account, t.values, t.kept, t.digest, t.read_at,
      coalesce((select version from run where id = ${key.run}), 0), t.read_number, t.basis, ${key.run}
    from unnest(${records.map((r) => r.person)}::text[],
      ${accounts.map(({ digest }) => digest)}::bytea[],
      ${accounts.map((account) => sealAccount(ledger, target, account))}::bytea[],
      ${records.map(({ person, values }) => seal(ledger, 'values', { target, person }, knownText(values)))}::bytea[],
      ${sets}::integer[], ${records.map((r) => r.digest)}::bytea[], ${records.map((r) => r.read.at)}::timestamptz[],
      ${records.map((r) => r.read.number)}::bigint[],
      ${records.map((r) => r.basis)}::bytea[])
      t(id, account_digest, account, values, kept, digest, read_at, read_number, basis)
    where t.account_digest in (${among})
    on conflict (connector, target, person) do update set account_digest = excluded.account_digest,
      account_sealed = excluded.account_sealed, values_sealed = excluded.values_sealed, kept_set = excluded.kept_set,
      digest = excluded.digest, source_read_at = excluded.source_read_at, source_version = excluded.source_version,
      read_number = excluded.read_number, link_basis = excluded.link_basis, left_at = null,
      last_run = excluded.last_run`;
};

/** Ends links whose account was found to be another person's by now. */
export const takeOver = async (
  ledger: Pick<Ledger, 'db' | 'keyring'>,
  key: { connector: string; target: string },
  people: readonly { readonly person: SourceId; readonly account: string }[],
): Promise<void> => {
  if (people.length === 0) return;
  await sql`update profile p set account_digest = null, account_sealed = null, values_sealed = null, kept_set = null,
      digest = null
    from unnest(${people.map(({ person }) => person)}::text[],
      ${people.map(({ account }) => accountDigest(ledger, account))}::bytea[]) t(id, account_digest)
    where p.connector = ${key.connector} and p.target = ${key.target} and p.account_digest = t.account_digest
      and p.person <> t.id`.execute(ledger.db);
};

/** Ends the links of people whose account is gone at the target: the next run looks for their account again. */
export const endLinks = async (
  ledger: Pick<Ledger, 'db'>,
  key: { connector: string; target: string },
  ids: readonly SourceId[],
): Promise<void> => {
  if (ids.length === 0) return;
  await sql`update profile set account_digest = null, account_sealed = null, values_sealed = null, kept_set = null,
      digest = null
    where connector = ${key.connector} and target = ${key.target}
      and person = any(${ids}::text[])`.execute(ledger.db);
};
