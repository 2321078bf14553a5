import { sql } from 'kysely';
import type { AttributeId } from '../core/profile.ts';
import type { SourceId } from '../core/values.ts';
import { accountDigest } from './accounts.ts';
import type { Ledger } from './open.ts';

/** What the ledger knows of one attribute of an account: its value (null for none), and whether it is ours. */
export type KnownValue = { readonly value: string | null; readonly ours: boolean };

/** What the ledger knows of an account's mapped attributes; an attribute it never saw has no entry. */
export type KnownProfile = ReadonlyMap<AttributeId, KnownValue>;

/** What is remembered of a person at a target. `digest` is null while the target does not hold the desired profile. */
export type ProfileRecord = {
  readonly sourceId: SourceId;
  readonly account: { readonly key: string; readonly text: string };
  readonly values: KnownProfile;
  readonly digest: Buffer | null;
  readonly readAt: Date;
};

/** The digests of the profiles that targets are known to hold, by target, of the people of one page. */
export const heldDigests = async (
  ledger: Ledger,
  connector: string,
  ids: readonly SourceId[],
): Promise<ReadonlyMap<string, ReadonlyMap<SourceId, Buffer>>> => {
  const { rows } = await sql<{ target: string; sourceId: string; digest: Buffer }>`select target,
      source_id as "sourceId", digest from profile
    where connector = ${connector} and source_id = any(${ids}::text[]) and digest is not null`.execute(ledger.db);
  const held = new Map<string, Map<SourceId, Buffer>>();
  for (const row of rows) {
    const target = held.get(row.target) ?? new Map<SourceId, Buffer>();
    held.set(row.target, target.set(row.sourceId, row.digest));
  }
  return held;
};

/** What is known of these people at a target, with the moment each value was read at the source. */
export const knownProfiles = async (
  ledger: Ledger,
  connector: string,
  target: string,
  ids: readonly SourceId[],
): Promise<ReadonlyMap<SourceId, { values: KnownProfile; readAt: Date }>> => {
  const { rows } = await sql<{ sourceId: string; values: Buffer | null; readAt: Date }>`select source_id as "sourceId",
      values_sealed as values, source_read_at as "readAt" from profile
    where connector = ${connector} and target = ${target} and source_id = any(${ids}::text[])
      and account_digest is not null`.execute(ledger.db);
  return new Map(rows.map((row) => [row.sourceId, { values: openValues(ledger, row.values), readAt: row.readAt }]));
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
  place: { connector: string; target: string; run: string },
  records: readonly ProfileRecord[],
): Promise<void> => {
  if (records.length === 0) return;
  const { keyring } = ledger;
  await sql`insert into profile (connector, target, source_id, account_digest, account_sealed, values_sealed, digest,
      source_read_at, last_run)
    select ${place.connector}, ${place.target}, t.id, t.account_digest, t.account, t.values, t.digest, t.read_at,
      ${place.run}
    from unnest(${records.map((r) => r.sourceId)}::text[],
      ${records.map((r) => keyring.digest(`account:${r.account.key}`))}::bytea[],
      ${records.map((r) => keyring.seal(r.account.text))}::bytea[],
      ${records.map((r) => keyring.seal(JSON.stringify([...r.values])))}::bytea[],
      ${records.map((r) => r.digest)}::bytea[], ${records.map((r) => r.readAt)}::timestamptz[])
      t(id, account_digest, account, values, digest, read_at)
    on conflict (connector, target, source_id) do update set account_digest = excluded.account_digest,
      account_sealed = excluded.account_sealed, values_sealed = excluded.values_sealed, digest = excluded.digest,
      source_read_at = excluded.source_read_at, last_run = excluded.last_run
    where profile.source_read_at <= excluded.source_read_at`.execute(ledger.db);
};

const openValues = (ledger: Ledger, sealed: Buffer | null): KnownProfile => {
  const entries: [AttributeId, KnownValue][] = sealed === null ? [] : JSON.parse(ledger.keyring.open(sealed));
  return new Map(entries);
};
