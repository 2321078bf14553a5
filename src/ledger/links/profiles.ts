import { sql } from 'kysely';
import type { AttributeId } from '../../core/profile.ts';
import type { ReadMoment, ReadOrder } from '../../core/read-moment.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { accountDigest } from './accounts.ts';

/** What the ledger knows of one attribute of an account: its value (null for none), and whether it is ours. */
export type KnownValue = { readonly value: string | null; readonly ours: boolean };

/** What the ledger knows of an account's mapped attributes; an attribute it never saw has no entry. */
export type KnownProfile = ReadonlyMap<AttributeId, KnownValue>;

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
  const { rows } = await sql<{ target: string; person: string; digest: Buffer }>`select target,
      person, digest from profile
    where connector = ${connector} and person = any(${ids}::text[]) and digest is not null
      and left_at is null`.execute(ledger.db);
  const held = new Map<string, Map<SourceId, Buffer>>();
  for (const row of rows) {
    const target = held.get(row.target) ?? new Map<SourceId, Buffer>();
    held.set(row.target, target.set(row.person, row.digest));
  }
  return held;
};

/** What is remembered of a person: nothing is known (null) of an account the person was not linked to before. */
export type Remembered = { readonly values: KnownProfile | null; readonly order: ReadOrder };

/** What is known of these people's accounts at a target, with the place of each in the order of reads. */
export const knownProfiles = async (
  ledger: Ledger,
  connector: string,
  target: string,
  people: readonly { readonly person: SourceId; readonly account: string }[],
): Promise<ReadonlyMap<SourceId, Remembered>> => {
  type Row = ReadOrder & { person: string; values: Buffer | null; same: boolean };
  const { rows } = await sql<Row>`select p.person, p.values_sealed as values,
      p.source_version as version, p.read_number::float8 as number, p.account_digest = t.account as same
    from profile p join unnest(${people.map((one) => one.person)}::text[],
      ${people.map((one) => accountDigest(ledger, one.account))}::bytea[]) t(id, account) on t.id = p.person
    where p.connector = ${connector} and p.target = ${target} and p.account_digest is not null`.execute(ledger.db);
  return new Map(
    rows.map(({ person, values, version, number, same }) => [
      person,
      { values: same ? openValues(ledger, values) : null, order: { version, number } },
    ]),
  );
};

/** What is remembered of an account, and whose it is; null for one that no connector keeps. */
export const profileOfAccount = async (
  ledger: Ledger,
  target: string,
  account: string,
): Promise<{ connector: string; person: SourceId; values: KnownProfile; run: string; readAt: Date } | null> => {
  type Row = { connector: string; person: string; values: Buffer | null; run: string; readAt: Date };
  const { rows } = await sql<Row>`select connector, person, values_sealed as values,
      last_run as run, source_read_at as "readAt" from profile
    where target = ${target} and account_digest = ${accountDigest(ledger, account)}
    order by source_version desc, read_number desc, source_read_at desc limit 1`.execute(ledger.db);
  const row = rows[0];
  return row === undefined ? null : { ...row, values: openValues(ledger, row.values) };
};

/** The accounts among these that another connector keeps, with that connector's name. */
export const ownedElsewhere = async (
  ledger: Ledger,
  connector: string,
  target: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const digests = keys.map((key) => accountDigest(ledger, key));
  const { rows } = await sql<{ digest: Buffer; owner: string }>`select distinct on (account_digest)
      account_digest as digest, connector as owner from profile
    where target = ${target} and connector <> ${connector} and account_digest = any(${digests}::bytea[])
    order by account_digest, connector`.execute(ledger.db);
  const owners = new Map(rows.map((row) => [row.digest.toString('hex'), row.owner]));
  return new Map(
    keys.flatMap((key, index) => {
      const owner = owners.get(digests[index]?.toString('hex') ?? '');
      return owner === undefined ? [] : [[key, owner] as const];
    }),
  );
};

/** Remembers links and values; what was read at the source later than this is never overwritten by it. */
export const recordProfiles = async (
  ledger: Pick<Ledger, 'db' | 'keyring'>,
  key: { connector: string; target: string; run: string },
  records: readonly ProfileRecord[],
): Promise<void> => {
  if (records.length === 0) return;
  const { keyring } = ledger;
  await takeOver(ledger, key, records);
  await sql`insert into profile (connector, target, person, account_digest, account_sealed, values_sealed, digest,
      source_read_at, source_version, read_number, link_basis, last_run)
    select ${key.connector}, ${key.target}, t.id, t.account_digest, t.account, t.values, t.digest, t.read_at,
      coalesce((select version from run where id = ${key.run}), 0), t.read_number, t.basis, ${key.run}
    from unnest(${records.map((r) => r.person)}::text[],
      ${records.map((r) => keyring.digest(`account:${r.account.key}`))}::bytea[],
      ${records.map((r) => keyring.seal(r.account.text))}::bytea[],
      ${records.map((r) => keyring.seal(JSON.stringify([...r.values])))}::bytea[],
      ${records.map((r) => r.digest)}::bytea[], ${records.map((r) => r.read.at)}::timestamptz[],
      ${records.map((r) => r.read.number)}::bigint[],
      ${records.map((r) => r.basis)}::bytea[])
      t(id, account_digest, account, values, digest, read_at, read_number, basis)
    on conflict (connector, target, person) do update set account_digest = excluded.account_digest,
      account_sealed = excluded.account_sealed, values_sealed = excluded.values_sealed, digest = excluded.digest,
      source_read_at = excluded.source_read_at, source_version = excluded.source_version,
      read_number = excluded.read_number, link_basis = excluded.link_basis, left_at = null, last_run = excluded.last_run
    where (profile.source_version, profile.read_number) <= (excluded.source_version, excluded.read_number)`.execute(
    ledger.db,
  );
};

/** Ends links whose account was found to be another person's by now. */
const takeOver = async (
  ledger: Pick<Ledger, 'db' | 'keyring'>,
  key: { connector: string; target: string },
  records: readonly ProfileRecord[],
): Promise<void> => {
  await sql`update profile p set account_digest = null, account_sealed = null, values_sealed = null, digest = null
    from unnest(${records.map((r) => r.person)}::text[],
      ${records.map((r) => ledger.keyring.digest(`account:${r.account.key}`))}::bytea[]) t(id, account_digest)
    where p.connector = ${key.connector} and p.target = ${key.target} and p.account_digest = t.account_digest
      and p.person <> t.id`.execute(ledger.db);
};

/** Ends the links of people whose account is gone at the target: the next run looks for their account anew. */
export const endLinks = async (
  ledger: Pick<Ledger, 'db'>,
  key: { connector: string; target: string },
  ids: readonly SourceId[],
): Promise<void> => {
  if (ids.length === 0) return;
  await sql`update profile set account_digest = null, account_sealed = null, values_sealed = null, digest = null
    where connector = ${key.connector} and target = ${key.target}
      and person = any(${ids}::text[])`.execute(ledger.db);
};

/** After a complete read: who was not in it has left, and holds no account against others any more. */
export const noteLeavers = async (ledger: Ledger, run: { id: string; connector: string; readNo: number }) => {
  await sql`update profile p set left_at = now()
    where p.connector = ${run.connector} and p.left_at is null and not exists (
      select 1 from (select unnest(seen) as id from read_page where run = ${run.id} and read_no = ${run.readNo}) s
      where s.id = p.person)`.execute(ledger.db);
};

/** A sealed profile as it was known. */
export const openValues = (ledger: Ledger, sealed: Buffer | null): KnownProfile => {
  const entries: [AttributeId, KnownValue][] = sealed === null ? [] : JSON.parse(ledger.keyring.open(sealed));
  return new Map(entries);
};
