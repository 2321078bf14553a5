import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import { openAccount } from '../links/accounts.ts';
import { keptOf, setNumbers } from '../links/kept-sets.ts';
import { type KnownProfile, knownOf, knownText } from '../links/known-profile.ts';
import { isLive } from '../links/look.ts';
import type { Ledger } from '../open.ts';
import { seal, unseal } from '../sealing/sealed.ts';

/** A target of a connector at which accounts have been in doubt for long. */
export type Doubted = { readonly connector: string; readonly target: string };

/** An account that no run has read since a write to it was begun and not recorded. */
export type OldDoubt = {
  readonly person: SourceId;
  readonly digest: Buffer;
  /** The account as it was matched, for the engine to read. */
  readonly text: string;
  readonly values: KnownProfile;
  readonly turn: string;
};

/** Runs reach everybody they can within hours: an increment takes up everybody in doubt. */
const restSeconds = 7_200;
const isOld = sql`d.ended_at < clock_timestamp() - make_interval(secs => ${restSeconds})`;

/** Where there are doubts that no run has reached: of people who left, are out of scope, or of a retired connector. */
export const longDoubted = async (ledger: Ledger): Promise<readonly Doubted[]> => {
  const { rows } = await sql<Doubted>`select distinct d.connector, d.target from doubt d where ${isOld}
    order by d.connector, d.target`.execute(ledger.db);
  return rows;
};

/** Some of the old doubts at one target, the oldest first; an account that somebody is writing now is left out. */
export const oldDoubts = async (
  ledger: Ledger,
  { connector, target }: Doubted,
  limit: number,
): Promise<readonly OldDoubt[]> => {
  type Row = { person: SourceId; digest: Buffer; account: Buffer; values: Buffer | null; turn: string };
  const { rows } = await sql<Row>`select d.person, d.account_digest as digest, a.sealed as account,
      p.values_sealed as values, c.turn
    from (select person, account_digest, min(ended_at) as since from doubt d
      where d.connector = ${connector} and d.target = ${target} and ${isOld} group by person, account_digest) d
    join account_claim c on c.target = ${target} and c.account_digest = d.account_digest and not ${isLive}
    left join profile p on p.connector = ${connector} and p.target = ${target} and p.person = d.person
      and p.account_digest = d.account_digest
    cross join lateral (select coalesce(p.account_sealed, (select s.account_sealed from staged_user s
      where s.target = ${target} and s.person = d.person and s.account_digest = d.account_digest limit 1)) as sealed) a
    where a.sealed is not null order by d.since limit ${limit}`.execute(ledger.db);
  return rows.map(({ account, values, ...row }) => ({
    ...row,
    text: openAccount(ledger, target, { digest: row.digest, sealed: account }),
    values: knownOf(unseal(ledger, 'values', { target, person: row.person }, values)),
  }));
};

/**
 * Ends a connector's doubts about an account that was read: its values are known again, or the account is gone (null).
 * Only if nobody has claimed or recorded it since; the doubts of other connectors are not touched.
 */
export const endDoubt = async (
  ledger: Ledger,
  { connector, target }: Doubted,
  { person, digest, turn }: OldDoubt,
  values: KnownProfile | null,
): Promise<void> => {
  const [kept] = await setNumbers(ledger, [keptOf(values ?? new Map())]);
  const sealed = values === null ? null : seal(ledger, 'values', { target, person }, knownText(values));
  await sql`with moved as (
      update account_claim c set turn = nextval('claim_turn'),
        in_doubt = in_doubt and c.connector <> ${connector}
      where c.target = ${target} and c.account_digest = ${digest} and c.turn = ${turn} and not ${isLive}
      returning c.account_digest),
    settled as (
      delete from left_doubt d using moved m
      where d.target = ${target} and d.account_digest = m.account_digest and d.connector = ${connector})
    update profile p set digest = null, values_sealed = ${sealed}, kept_set = ${values === null ? null : (kept ?? null)},
      account_digest = case when ${values === null} then null else p.account_digest end,
      account_sealed = case when ${values === null} then null else p.account_sealed end
    from moved m where p.connector = ${connector} and p.target = ${target} and p.person = ${person}
      and p.account_digest = m.account_digest`.execute(ledger.db);
};
