import { sql } from 'kysely';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { accountDigest } from './accounts.ts';
import { holds, type LinkedTarget } from './linked-target.ts';
import { type AtAccount, isLive, type Look, type LookRow, lookColumns, lookJoins, lookOf } from './look.ts';

/** How long a claim lives without renewal. */
export const claimSeconds = 45;

/** A run of one connector at one of its targets. */
export type Writer = { readonly connector: string; readonly target: LinkedTarget; readonly run: string };

/**
 * Why a person is not written now: somebody else holds the account, another run read the person later, the account
 * belongs to somebody else, or the run is over.
 */
export type Refusal = 'claimed' | 'newerRun' | 'taken' | 'over';

/** The answer to one person of a group: the claim, with what is known of the account; or why there is none. */
export type Claimed = { readonly person: SourceId; readonly refused: Refusal } | (Look & { readonly refused: null });

/** A group under one claim. */
export type GroupClaim = { readonly claim: string; readonly answers: ReadonlyMap<SourceId, Claimed> };

/**
 * Claims the accounts of a group and notes them as in doubt, in one statement and without waiting: accounts claimed by
 * somebody else are left out. Under the claim nobody else records anything of the account, so that what is checked here
 * holds until the claim is released. The digest is forgotten with it: a write that is never recorded is found again.
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

/** Prolongs a claim and says for how many accounts it is held still; none once its run is over or being closed. */
export const renewClaim = async (ledger: Ledger, target: string, claim: string): Promise<number> => {
  const { rows } = await sql`with mine as (
      select c.account_digest from account_claim c join run r on r.id = c.run and r.status = 'running' and r.phase <> 'close'
      where c.target = ${target} and c.claim = ${claim} and c.ends_at > clock_timestamp()
      order by c.account_digest for update of c)
    update account_claim c set ends_at = clock_timestamp() + make_interval(secs => ${claimSeconds})
    from mine m where c.target = ${target} and c.account_digest = m.account_digest
    returning 1`.execute(ledger.db);
  return rows.length;
};

/** Asks the holder of an account to give it up; a run of one person does. */
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
