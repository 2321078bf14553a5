import { sql } from 'kysely';
import type { ReadMoment, ReadOrder } from '../../core/read-moment.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { holds, type LinkedTarget } from '../plan/staging.ts';
import { unseal } from '../sealing/sealed.ts';
import { accountDigest } from './accounts.ts';
import type { Keeper } from './kept-sets.ts';
import { type KnownProfile, knownOf } from './known-profile.ts';

/** How long a claim lives without renewal, and how long one may live at most: a later end is a clock's error. */
export const claimSeconds = 45;
const longestClaimSeconds = 60;

/** How long after the end of its claim a write that was never recorded may still arrive at a target. */
const doubtSeconds = 600;

/** A run of one connector at one of its targets. */
export type Writer = { readonly connector: string; readonly target: LinkedTarget; readonly run: string };

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

export const isLive = sql`coalesce(c.ends_at > clock_timestamp()
  and c.ends_at <= clock_timestamp() + make_interval(secs => ${longestClaimSeconds}), false)`;

const asked = (
  ledger: Ledger,
  people: readonly AtAccount[],
) => sql`unnest(${people.map(({ person }) => person)}::text[],
  ${people.map(({ account }) => accountDigest(ledger, account))}::bytea[])`;

/** Other connectors that keep attributes of account `a.account`: by what they wrote or adopted, or have begun to write. */
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

export const canSettle = (target: string) => sql`not exists (select 1 from doubt d
  where d.target = ${target} and d.account_digest = a.account
    and d.ended_at > clock_timestamp() - make_interval(secs => ${doubtSeconds}))`;

type LookRow = {
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

const lookColumns = (connector: string, target: string) => sql`
  case when p.account_digest = a.account then p.values_sealed end as values,
  p.source_version as version, p.read_number::float8 as number, c.turn,
  ${inDoubt(target)} or ${isLive} as "inDoubt", ${canSettle(target)} and not ${isLive} as "canSettle",
  ${keepers(connector, target)} as keepers,
  exists (select 1 from profile o where o.connector = ${connector} and o.target = ${target}
    and o.account_digest = a.account and o.person <> a.person) as replaces`;

const lookJoins = (connector: string, target: string) => sql`
  left join account_claim c on c.target = ${target} and c.account_digest = a.account
  left join profile p on p.connector = ${connector} and p.target = ${target} and p.person = a.person
    and p.account_digest is not null`;

const lookOf = (ledger: Ledger, target: string, row: LookRow): Look => {
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

/** Why a person is not written now: another holds the account, another run read the person later, the account is somebody else's, or the run is over. */
export type Refusal = 'claimed' | 'newerRun' | 'taken' | 'over';

/** The answer to one person of a group: the claim, with what is known of the account; or why there is none. */
export type Claimed = { readonly person: SourceId; readonly refused: Refusal } | (Look & { readonly refused: null });

/** A group under one claim. */
export type GroupClaim = { readonly claim: string; readonly answers: ReadonlyMap<SourceId, Claimed> };

/**
 * Claims the accounts of a group and notes them as in doubt, in one statement and without waiting: whoever is claimed by
 * somebody else is left out. Under the claim nobody else records anything of the account, so that what is checked here
 * holds until the claim is given back. The digest is forgotten with it: a write that is never recorded is found again.
 */
export const claimGroup = async (
  ledger: Ledger,
  { connector, target, run }: Writer,
  people: readonly (AtAccount & { readonly read: ReadMoment })[],
): Promise<GroupClaim> => {
  type Row = LookRow & { claim: string; refused: Refusal | null };
  const { rows } = await sql<Row>`with going as materialized (
      select version, status = 'running' and phase <> 'close' as open from run where id = ${run}),
    looked as materialized (
      select a.person, a.account, c.ends_at as ends, ${isLive} as live, ${lookColumns(connector, target.id)},
        coalesce((p.source_version, p.read_number) > (g.version, a.number), false) as newer,
        ${isTaken(connector, target)} as taken, coalesce(g.open, false) as open
      from unnest(${people.map(({ person }) => person)}::text[],
        ${people.map(({ account }) => accountDigest(ledger, account))}::bytea[],
        ${people.map(({ read }) => read.number)}::bigint[]) a(person, account, number)
      left join going g on true ${lookJoins(connector, target.id)}),
    free as materialized (
      select distinct on (account) * from looked where open and not live and not newer and not taken),
    number as materialized (select nextval('claim_number') as claim, nextval('claim_turn') as turn),
    claimed as (
      insert into account_claim as c (target, account_digest, claim, turn, connector, run, person, ends_at, in_doubt)
      select ${target.id}, f.account, n.claim, n.turn, ${connector}, ${run}, f.person,
        clock_timestamp() + make_interval(secs => ${claimSeconds}), true
      from free f cross join number n order by f.account
      on conflict (target, account_digest) do update set claim = excluded.claim, turn = excluded.turn,
        connector = excluded.connector, run = excluded.run, person = excluded.person, ends_at = excluded.ends_at,
        in_doubt = true, wanted = false
      where c.turn = (select f.turn from free f where f.account = excluded.account_digest)
        and c.ends_at = (select f.ends from free f where f.account = excluded.account_digest)
      returning c.account_digest),
    kept as (
      insert into left_doubt (target, account_digest, claim, connector, run, person, ended_at)
      select o.target, o.account_digest, o.claim, o.connector, o.run, o.person, least(o.ends_at, clock_timestamp())
      from account_claim o join claimed d on d.account_digest = o.account_digest
      where o.target = ${target.id} and o.in_doubt on conflict do nothing),
    forgotten as (
      update profile p set digest = null from free f join claimed d on d.account_digest = f.account
      where p.connector = ${connector} and p.target = ${target.id} and p.person = f.person and p.digest is not null)
    select l.person, l.values, l.version, l.number, l.turn, l."inDoubt", l."canSettle", l.keepers, l.replaces, n.claim,
      case when not l.open then 'over' when d.account_digest is not null then null when l.newer then 'newerRun'
        when l.taken then 'taken' else 'claimed' end as refused
    from looked l cross join number n left join claimed d on d.account_digest = l.account`.execute(ledger.db);
  const answers = rows.map(
    ({ claim: _, refused, ...row }): Claimed =>
      refused === null ? { ...lookOf(ledger, target.id, row), refused } : { person: row.person, refused },
  );
  return { claim: rows[0]?.claim ?? '0', answers: new Map(answers.map((answer) => [answer.person, answer])) };
};

/** Whether account `a.account` is somebody else's: by a link made by hand, by one that holds, or by a write begun for them. */
const isTaken = (connector: string, target: LinkedTarget) => sql`(
  case when exists (select 1 from manual_link m where m.connector = ${connector} and m.target = ${target.id}
      and m.account_digest = a.account)
    then not exists (select 1 from manual_link m where m.connector = ${connector} and m.target = ${target.id}
      and m.account_digest = a.account and m.person = a.person)
    else exists (select 1 from profile p where p.connector = ${connector} and p.target = ${target.id}
        and p.account_digest = a.account and p.person <> a.person and ${holds(target)}
        and not exists (select 1 from manual_link m where m.connector = p.connector and m.target = p.target
          and m.person = p.person and m.account_digest <> p.account_digest))
      or exists (select 1 from doubt d where d.target = ${target.id} and d.account_digest = a.account
        and d.connector = ${connector} and d.person <> a.person)
  end)`;

/** Prolongs a claim and says for how many accounts it is held still; none once its run is over. */
export const renewClaim = async (ledger: Ledger, target: string, claim: string): Promise<number> => {
  const { rows } = await sql`with mine as (
      select c.account_digest from account_claim c join run r on r.id = c.run and r.status = 'running'
      where c.target = ${target} and c.claim = ${claim} and c.ends_at > clock_timestamp()
      order by c.account_digest for update of c)
    update account_claim c set ends_at = clock_timestamp() + make_interval(secs => ${claimSeconds})
    from mine m where c.target = ${target} and c.account_digest = m.account_digest
    returning 1`.execute(ledger.db);
  return rows.length;
};

/** Asks whoever holds an account to give it up; a run of one person does. */
export const askFor = async (ledger: Ledger, target: string, account: string): Promise<void> => {
  await sql`update account_claim set wanted = true where target = ${target}
    and account_digest = ${accountDigest(ledger, account)} and ends_at > clock_timestamp()`.execute(ledger.db);
};

/** The people of a claim whose accounts somebody asks for. */
export const askedFor = async (ledger: Ledger, target: string, claim: string): Promise<readonly SourceId[]> => {
  const { rows } = await sql<{ person: SourceId }>`select person from account_claim
    where target = ${target} and claim = ${claim} and wanted and ends_at > clock_timestamp()`.execute(ledger.db);
  return rows.map(({ person }) => person);
};

/** An account under a claim, with the turn it had before. */
export type ClaimedAccount = AtAccount & { readonly turn: string | null };

/** Gives accounts of a claim back that nothing was sent to: they are as they were before it. */
export const giveBack = async (
  ledger: Ledger,
  target: string,
  claim: string,
  accounts: readonly ClaimedAccount[],
): Promise<void> => {
  if (accounts.length === 0) return;
  await sql`with mine as materialized (
      select c.account_digest, t.turn from account_claim c
      join unnest(${accounts.map(({ account }) => accountDigest(ledger, account))}::bytea[],
        ${accounts.map(({ turn }) => turn)}::bigint[]) t(account, turn) on t.account = c.account_digest
      where c.target = ${target} and c.claim = ${claim} order by c.account_digest for update of c),
    forgotten as (
      delete from account_claim c using mine m
      where m.turn is null and c.target = ${target} and c.account_digest = m.account_digest)
    update account_claim c set ends_at = clock_timestamp(), in_doubt = false, wanted = false, turn = m.turn
    from mine m where m.turn is not null and c.target = ${target} and c.account_digest = m.account_digest`.execute(
    ledger.db,
  );
};

/** The people of a connector with an account in doubt: an increment takes them up. */
export const peopleInDoubt = async (ledger: Ledger, connector: string): Promise<readonly SourceId[]> => {
  const { rows } = await sql<{ person: SourceId }>`select distinct person from doubt
    where connector = ${connector} order by person`.execute(ledger.db);
  return rows.map(({ person }) => person);
};
