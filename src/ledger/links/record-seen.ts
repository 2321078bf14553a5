import { sql } from 'kysely';
import type { Ledger } from '../open.ts';
import { accountDigest } from './accounts.ts';
import type { Writer } from './claims.ts';
import { canSettle, isLive } from './look.ts';
import { type ProfileRecord, rememberProfiles, takeOver } from './profiles.ts';

/** A profile found by reading an account (or equal to what was known), with the turn its look was taken at. */
export type SeenProfile = ProfileRecord & { readonly turn: string | null; readonly replaces: boolean };

/**
 * Remembers profiles that were seen and not written. Only where nobody has written or recorded the account since the
 * look, and nobody may be writing it still: otherwise what was seen may be gone by now, and the next run looks again.
 * Doubts of the connector that are over end with it; those of another one are judged by its own reads.
 */
export const recordSeen = async (ledger: Ledger, writer: Writer, seen: readonly SeenProfile[]): Promise<void> => {
  if (seen.length === 0) return;
  const { connector, run } = writer;
  const target = writer.target.id;
  const replacing = seen.filter(({ replaces }) => replaces);
  await takeOver(
    ledger,
    { connector, target },
    replacing.map(({ person, account }) => ({ person, account: account.key })),
  );
  const remembered = await rememberProfiles(
    ledger,
    { connector, target, run },
    seen,
    sql`select account_digest from moved`,
  );
  await sql`with free as materialized (
      select a.*, c.ends_at as ends from unnest(${seen.map(({ person }) => person)}::text[],
        ${seen.map(({ account }) => accountDigest(ledger, account.key))}::bytea[],
        ${seen.map(({ turn }) => turn)}::bigint[]) a(person, account, turn)
      left join account_claim c on c.target = ${target} and c.account_digest = a.account
      where c.turn is not distinct from a.turn and not ${isLive} and ${canSettle(target)}),
    number as materialized (select nextval('claim_number') as claim, nextval('claim_turn') as turn),
    moved as (
      insert into account_claim as c (target, account_digest, claim, turn, connector, run, person, ends_at, in_doubt)
      select ${target}, f.account, n.claim, n.turn, ${connector}, ${run}, f.person, clock_timestamp(), false
      from free f cross join number n order by f.account
      on conflict (target, account_digest) do update set claim = excluded.claim, turn = excluded.turn,
        connector = excluded.connector, run = excluded.run, person = excluded.person, ends_at = excluded.ends_at,
        in_doubt = false, wanted = false
      where c.turn = (select f.turn from free f where f.account = excluded.account_digest)
        and c.ends_at = (select f.ends from free f where f.account = excluded.account_digest)
      returning c.account_digest),
    kept as (
      insert into left_doubt (target, account_digest, claim, connector, run, person, ended_at)
      select o.target, o.account_digest, o.claim, o.connector, o.run, o.person, least(o.ends_at, clock_timestamp())
      from account_claim o join moved m on m.account_digest = o.account_digest
      where o.target = ${target} and o.in_doubt and o.connector <> ${connector} on conflict do nothing),
    settled as (
      delete from left_doubt d using moved m
      where d.target = ${target} and d.account_digest = m.account_digest and d.connector = ${connector})
    ${remembered}`.execute(ledger.db);
};
