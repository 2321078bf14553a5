import { type RawBuilder, sql } from 'kysely';
import type { MatchStep } from '../../core/people/match.ts';
import { repeatedEnds } from '../../core/people/repeated-ends.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { mappedOf } from '../plan/staging.ts';
import { unlinked } from '../plan/unlinked.ts';
import type { LinkedTarget } from './linked-target.ts';

type RunOf = { readonly id: string; readonly connector: string };

/**
 * How long the accounts that a person's keys lead to are taken as known. A little less than a day, so that a nightly
 * run looks again for everybody without a link, whatever minute it starts in.
 */
const knownHours = 20;

/** Whether what was found at a moment is known to run `now`. */
export const isKnownStill = (moment: RawBuilder<unknown>) =>
  sql`${moment} > now.started_at - make_interval(hours => ${knownHours})`;

/** A step after every step of a match. */
const lastStep = 32_767;

/** The digest of all keys of candidate `s`; null without any. `knownEnds` makes the same of the match steps. */
const digestOfKeys = (run: string, target: string) => sql`(select
    sha256(string_agg(int2send(k.step) || k.digest, ''::bytea order by k.step, k.digest)) from staged_key k
  where k.run = ${run} and k.target = ${target} and k.pos = s.pos)`;

/** Whether candidate `s` was looked for under the same keys lately; to verify or retry is to take nothing for known. */
export const wasLookedFor = (run: RunOf, target: string) => sql`exists (
  select 1 from looked_for l join run now on now.id = ${run.id} and now.mode <> 'verify'
      and now.retry_of is null
  where l.connector = ${run.connector} and l.target = ${target} and l.person = s.person
    and ${isKnownStill(sql`l.looked_at`)}
    and l.keys_digest = ${digestOfKeys(run.id, target)})`;

/** The candidates `s` without a link who have to be looked for in this run. */
const toLookFor = (run: RunOf, target: LinkedTarget) => sql`${unlinked(run.id, target)}
  and exists (select 1 from staged_key k where k.run = s.run and k.target = s.target and k.pos = s.pos)
  and not ${wasLookedFor(run, target.id)}`;

/** How many candidates have to be looked for at a target. */
export const countToLookFor = async (ledger: Ledger, run: RunOf, target: LinkedTarget): Promise<number> => {
  const { rows } = await sql<{ people: number }>`select count(*)::integer as people ${toLookFor(run, target)}`.execute(
    ledger.db,
  );
  return rows[0]?.people ?? 0;
};

/** What is known of a target: how many people are linked there, and whether a run has listed everybody there lately. */
export type KnownTarget = { readonly linked: number; readonly isListed: boolean };

/** What tells whether to list everybody at a target or to ask for some people by name. */
export const knownTarget = async (ledger: Ledger, run: RunOf, target: LinkedTarget): Promise<KnownTarget> => {
  const { rows } = await sql<KnownTarget>`select
      exists (select 1 from listed l join run now on now.id = ${run.id}
        where l.connector = ${run.connector} and l.target = ${target.id}
          and ${isKnownStill(sql`l.listed_at`)}) as "isListed",
      (select count(*)::integer from profile p where p.connector = ${run.connector} and p.target = ${target.id}
        and p.account_digest is not null and p.left_at is null) as linked`.execute(ledger.db);
  return rows[0] ?? { linked: 0, isListed: false };
};

/** Some of the candidates who have to be looked for, from a position on, with the keys they may be found by. */
export const peopleToLookFor = async (
  ledger: Ledger,
  run: RunOf,
  target: LinkedTarget,
  from: number,
  limit: number,
): Promise<readonly { readonly pos: number; readonly steps: readonly MatchStep[] }[]> => {
  const { rows } = await sql<{ pos: number; person: SourceId; sealed: Buffer }>`select s.pos, s.person,
      s.desired_sealed as sealed ${toLookFor(run, target)} and s.pos >= ${from}
    order by s.pos limit ${limit}`.execute(ledger.db);
  return rows.map(({ pos, person, sealed }) => ({
    pos,
    steps: mappedOf(ledger, { run: run.id, target: target.id, person }, sealed).match,
  }));
};

/** Forgets what is known about a run's candidates without a link: a listing of everybody is about to replace it. */
export const forgetLooks = async (ledger: Ledger, run: RunOf, target: LinkedTarget): Promise<void> => {
  await sql`with people as materialized (select s.person ${unlinked(run.id, target)}),
    found as (
      delete from found_account f using people p
      where f.connector = ${run.connector} and f.target = ${target.id} and f.person = p.person)
    delete from looked_for l using people p
    where l.connector = ${run.connector} and l.target = ${target.id} and l.person = p.person`.execute(ledger.db);
};

/** Puts the accounts that are known beside those this run has found, so that one join matches and contests them all. */
export const recallAccounts = async (ledger: Ledger, run: RunOf, target: LinkedTarget): Promise<void> => {
  await sql`with known as materialized (
      select distinct on (f.account_digest) f.account_digest, f.account_sealed, f.keys
      from found_account f
      where f.connector = ${run.connector} and f.target = ${target.id} and f.person in (
        select s.person ${unlinked(run.id, target)} and ${wasLookedFor(run, target.id)})
      order by f.account_digest),
    accounts as (
      insert into account (run, target, digest, sealed)
      select ${run.id}, ${target.id}, account_digest, account_sealed from known on conflict do nothing)
    insert into account_key (run, target, key_digest, account_digest)
    select ${run.id}, ${target.id}, key, account_digest from known cross join lateral unnest(keys) key
    on conflict do nothing`.execute(ledger.db);
};

/** How the run ended candidate `s`, where that is repeated while nothing new is known. */
const endOf = sql`(select o.reason from outcome o where o.run = s.run and o.target = s.target and o.person = s.person
  and o.reason = any(${Object.keys(repeatedEnds)}::text[]))`;

/**
 * The keys by which candidate `s` claims whatever account they lead to: those of the first step that found one, and of the
 * steps before it.
 */
const claimingKeys = sql`array(select k.digest from staged_key k
  where k.run = s.run and k.target = s.target and k.pos = s.pos and k.step <= coalesce((
    select min(f.step) from staged_key f where f.run = s.run and f.target = s.target and f.pos = s.pos and exists (
      select 1 from account_key h where h.run = f.run and h.target = f.target and h.key_digest = f.digest)), ${lastStep}))`;

/**
 * Keeps what a run found out about people who end without a link: no account, several, one that others claim, or one that
 * is not written (an inactive one). Accounts found for somebody else count too: they may be asked for by nobody again.
 */
export const keepLooks = async (ledger: Pick<Ledger, 'db'>, run: RunOf): Promise<void> => {
  const ended = sql`staged_user s where s.run = ${run.id} and s.state = 'settled' and (select count(*) from profile p
      where p.connector = ${run.connector} and p.target = s.target and p.person = s.person
        and p.account_digest is not null and p.left_at is null) = 0`;
  await sql`delete from found_account f using (select s.target, s.person from ${ended} and s.looked_for) p
    where f.connector = ${run.connector} and f.target = p.target and f.person = p.person`.execute(ledger.db);
  await sql`insert into looked_for as l (connector, target, person, keys_digest, looked_at, ended, version, keys)
    select ${run.connector}, t.target, t.person, t.keys_digest, r.started_at, t.ended, r.version, t.keys
    from (select s.target, s.person, ${endOf} as ended, ${claimingKeys} as keys, (select
        sha256(string_agg(int2send(k.step) || k.digest, ''::bytea order by k.step, k.digest)) from staged_key k
        where k.run = s.run and k.target = s.target and k.pos = s.pos) as keys_digest from ${ended} and s.looked_for) t
    join run r on r.id = ${run.id}
    where t.keys_digest is not null
    on conflict (connector, target, person) do update set keys_digest = excluded.keys_digest,
      looked_at = excluded.looked_at, ended = excluded.ended, version = excluded.version, keys = excluded.keys
    where l.looked_at <= excluded.looked_at`.execute(ledger.db);
  await keepAccounts(ledger, run, ended);
  await sql`insert into listed as l (connector, target, listed_at)
    select ${run.connector}, g.target, r.started_at from account_page g join run r on r.id = g.run
    where g.run = ${run.id} and g.everybody and g.next_sealed is null
    on conflict (connector, target) do update set listed_at = greatest(l.listed_at, excluded.listed_at)`.execute(
    ledger.db,
  );
};

/**
 * Keeps the accounts that were found for these people, with all keys that each may be found by. Nothing leads from an
 * account to its keys, so they are gathered here: joined by a database that does not know yet how many they are, they
 * would take the square of their number.
 */
const keepAccounts = async (ledger: Pick<Ledger, 'db'>, run: RunOf, ended: RawBuilder<unknown>): Promise<void> => {
  type Found = { target: string; person: SourceId; account: Buffer };
  const { rows } = await sql<Found>`select s.target, s.person, h.account_digest as account
    from (select s.run, s.target, s.person, s.pos from ${ended}) s
    cross join lateral (select distinct h.account_digest from staged_key k
      join account_key h on h.run = k.run and h.target = k.target and h.key_digest = k.digest
      where k.run = s.run and k.target = s.target and k.pos = s.pos) h
    where (select count(*) from looked_for l
      where l.connector = ${run.connector} and l.target = s.target and l.person = s.person) > 0`.execute(ledger.db);
  if (rows.length === 0) return;
  const keys = await keysOf(ledger, run, rows);
  const found = rows.flatMap((row) => (keys.get(placeOf(row)) ?? []).map((key) => ({ ...row, key })));
  await sql`insert into found_account (connector, target, person, account_digest, account_sealed, keys)
    select ${run.connector}, f.target, f.person, a.digest, a.sealed, f.keys from (
      select target, person, account, array_agg(key) as keys
      from unnest(${found.map(({ target }) => target)}::text[], ${found.map(({ person }) => person)}::text[],
        ${found.map(({ account }) => account)}::bytea[], ${found.map(({ key }) => key)}::bytea[])
        f(target, person, account, key)
      group by target, person, account) f
    join account a on a.run = ${run.id} and a.target = f.target and a.digest = f.account
    on conflict do nothing`.execute(ledger.db);
};

type Account = { readonly target: string; readonly account: Buffer };

const placeOf = ({ target, account }: Account): string => `${target} ${account.toString('hex')}`;

/** All keys that each of these accounts may be found by, by `placeOf`. */
const keysOf = async (
  ledger: Pick<Ledger, 'db'>,
  run: RunOf,
  accounts: readonly Account[],
): Promise<ReadonlyMap<string, readonly Buffer[]>> => {
  const { rows } = await sql<Account & { key: Buffer }>`select target, account_digest as account, key_digest as key
    from account_key where run = ${run.id} and account_digest = any(${accounts.map(({ account }) => account)}::bytea[])`.execute(
    ledger.db,
  );
  const keys = new Map<string, Buffer[]>();
  for (const { key, ...row } of rows) {
    const place = placeOf(row);
    const known = keys.get(place);
    if (known === undefined) keys.set(place, [key]);
    else known.push(key);
  }
  return keys;
};

/** Removes what has not been known of anybody for long; says how many rows. */
export const removeOldLooks = async (ledger: Pick<Ledger, 'db'>): Promise<number> => {
  const { rows } = await sql<{ count: number }>`with old as (
      delete from looked_for where looked_at < now() - make_interval(hours => ${2 * knownHours})
      returning connector, target, person),
    found as (
      delete from found_account f using old o
      where f.connector = o.connector and f.target = o.target and f.person = o.person returning 1)
    select (select count(*) from old)::integer + (select count(*) from found)::integer as count`.execute(ledger.db);
  return rows[0]?.count ?? 0;
};
