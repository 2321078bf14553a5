import { sql } from 'kysely';
import type { ReadOrder } from '../../core/people/read-moment.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { unseal } from '../sealing/sealed.ts';
import { accountDigest } from './accounts.ts';
import type { Keeper } from './kept-sets.ts';
import { type KnownProfile, knownOf } from './known-profile.ts';

/** How long a claim may live at most, in seconds: a later end is a clock's error. */
const longestClaimSeconds = 60;

/** How long after the end of its claim a write that was never recorded may still arrive at a target. */
const doubtSeconds = 600;

/** A person with the account to be looked at or written; `account` is the account's own key. */
export type AtAccount = { readonly person: SourceId; readonly account: string };

/**
 * What the ledger knows and believes of one person's account. `values` is null where it knows none of it. `order` is the
 * read the person's profile comes from. `turn` tells later whether anybody changed any of this meanwhile.
 */
export type Look = {
  readonly person: SourceId;
  readonly values: KnownProfile | null;
  readonly order: ReadOrder | null;
  readonly turn: string | null;
  /** Somebody is writing the account now, or a write to it was begun and never recorded. */
  readonly inDoubt: boolean;
  /** The doubt is over as soon as the account has been read: what was begun cannot arrive any more. */
  readonly canSettle: boolean;
  readonly keepers: readonly Keeper[];
  /** Another person of the connector had the account before, by a link that does not hold. */
  readonly replaces: boolean;
};

/** Whether somebody holds the account of claim `c`. */
export const isLive = sql`coalesce(c.ends_at > clock_timestamp()
  and c.ends_at <= clock_timestamp() + make_interval(secs => ${longestClaimSeconds}), false)`;

const asked = (
  ledger: Ledger,
  people: readonly AtAccount[],
) => sql`unnest(${people.map(({ person }) => person)}::text[],
  ${people.map(({ account }) => accountDigest(ledger, account))}::bytea[])`;

/**
 * Other connectors that own attributes of account `a.account`: by what they wrote or adopted, or have begun to write.
 */
const keepers = (connector: string, target: string) => sql`(select json_agg(k order by k.connector) from (
    select p.connector, s.attributes from profile p join connector n on n.id = p.connector and n.retired_at is null
      left join attribute_set s on s.id = p.kept_set
    where p.target = ${target} and p.account_digest = a.account and p.connector <> ${connector} and p.left_at is null
    union all
    select d.connector, array_agg(h.attribute) from doubt d
      join connector n on n.id = d.connector and n.retired_at is null
      join change h on h.run = d.run and h.target = d.target and h.person = d.person
    where d.target = ${target} and d.account_digest = a.account and d.connector <> ${connector}
    group by d.connector) k)`;

const inDoubt = (target: string) => sql`exists (select 1 from doubt d
  where d.target = ${target} and d.account_digest = a.account)`;

/** Whether nothing that was begun at account `a.account` can arrive there any more. */
export const canSettle = (target: string) => sql`not exists (select 1 from doubt d
  where d.target = ${target} and d.account_digest = a.account
    and d.ended_at > clock_timestamp() - make_interval(secs => ${doubtSeconds}))`;

/** A look as the database gives it. */
export type LookRow = {
  person: SourceId;
  values: Buffer | null;
  version: number | null;
  number: number | null;
  turn: string | null;
  inDoubt: boolean;
  canSettle: boolean;
  keepers: Keeper[] | null;
  replaces: boolean;
};

/** The columns of a look at account `a.account` of person `a.person`, over `lookJoins`. */
export const lookColumns = (connector: string, target: string) => sql`
  case when p.account_digest = a.account then p.values_sealed end as values,
  p.source_version as version, p.read_number::float8 as number, c.turn,
  ${inDoubt(target)} or ${isLive} as "inDoubt", ${canSettle(target)} and not ${isLive} as "canSettle",
  ${keepers(connector, target)} as keepers,
  exists (select 1 from profile o where o.connector = ${connector} and o.target = ${target}
    and o.account_digest = a.account and o.person <> a.person) as replaces`;

/** The last claim `c` of an account and the profile `p` of its person. */
export const lookJoins = (connector: string, target: string) => sql`
  left join account_claim c on c.target = ${target} and c.account_digest = a.account
  left join profile p on p.connector = ${connector} and p.target = ${target} and p.person = a.person
    and p.account_digest is not null`;

/** A look, with the values opened. */
export const lookOf = (ledger: Ledger, target: string, row: LookRow): Look => {
  const { values, version, number, keepers: kept, ...rest } = row;
  return {
    ...rest,
    values: values === null ? null : knownOf(unseal(ledger, 'values', { target, person: row.person }, values)),
    order: version === null || number === null ? null : { version, number },
    keepers: kept ?? [],
  };
};

/** Looks at some people's accounts, in one statement; nothing is claimed. */
export const lookAt = async (
  ledger: Ledger,
  { connector, target }: { readonly connector: string; readonly target: string },
  people: readonly AtAccount[],
): Promise<ReadonlyMap<SourceId, Look>> => {
  const { rows } = await sql<LookRow>`select a.person, ${lookColumns(connector, target)}
    from ${asked(ledger, people)} a(person, account) ${lookJoins(connector, target)}`.execute(ledger.db);
  return new Map(rows.map((row) => [row.person, lookOf(ledger, target, row)]));
};
