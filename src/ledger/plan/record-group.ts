import { sql } from 'kysely';
import type { AttributeId, ChangeResult } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';
import { accountDigest } from '../links/accounts.ts';
import type { Writer } from '../links/claims.ts';
import { type ProfileRecord, rememberProfiles, takeOver } from '../links/profiles.ts';
import type { Ledger } from '../open.ts';
import { factsText, type NewOutcome } from '../runs/outcomes.ts';
import { seal } from '../sealing/sealed.ts';
import { valueDigest } from './value-digest.ts';

/** What became of one person's changes. */
export type WrittenUser = {
  readonly person: SourceId;
  /** The account's own key. */
  readonly account: string;
  /** The answers that decide a change, and `unknown` for what nobody can tell yet. */
  readonly results: readonly ChangeResult[];
  /** The old value, if it was not what the plan saw: always one of ours, whoever's value the plan had seen. */
  readonly befores: ReadonlyMap<AttributeId, string | null>;
  /** No outcome where some changes are still to be written. */
  readonly outcome: NewOutcome | null;
  /** What to remember of a user afterwards: a profile, that its account is gone, or nothing new. */
  readonly record: ProfileRecord | 'accountGone' | null;
  /** A request got no answer: it may still be carried out, and the account stays in doubt. */
  readonly unanswered: boolean;
  /** The account was read when what earlier writers left open could no longer arrive: their doubts end. */
  readonly settles: boolean;
  readonly replaces: boolean;
};

/**
 * Records what a group wrote, lifts its doubts and releases its claim, in one statement. A decided change is never
 * decided again. If the claim was lost to somebody else, the run's own changes are still recorded, but not the profile:
 * its digest is forgotten, and what was written stays in doubt.
 */
export const recordGroup = async (
  ledger: Ledger,
  { connector, target, run }: Writer,
  claim: string,
  users: readonly WrittenUser[],
): Promise<void> => {
  if (users.length === 0) return;
  const key = { connector, target: target.id, run };
  await takeOver(
    ledger,
    key,
    users.filter(({ replaces, record }) => replaces && record !== null && record !== 'accountGone'),
  );
  const results = users.flatMap((user) => user.results.map((result) => ({ user, result })));
  const before = ({ person, befores }: WrittenUser, attribute: AttributeId): Buffer | null =>
    seal(ledger, 'before', { run, target: target.id, person, attribute }, befores.get(attribute) ?? null);
  const digest = (attribute: AttributeId, value: string | null | undefined): Buffer | null =>
    value == null ? null : valueDigest(ledger, attribute, value);
  const outcomes = users.flatMap(({ outcome }) => (outcome === null ? [] : [outcome]));
  const records = users.flatMap(({ record }) => (record === null || record === 'accountGone' ? [] : [record]));
  const remembered = await rememberProfiles(ledger, key, records, sql`select account_digest from mine`);
  await sql`with told as materialized (
      select * from unnest(${users.map(({ person }) => person)}::text[],
        ${users.map(({ account }) => accountDigest(ledger, account))}::bytea[],
        ${users.map(({ unanswered }) => unanswered)}::boolean[], ${users.map(({ settles }) => settles)}::boolean[],
        ${users.map(({ record }) => record === 'accountGone')}::boolean[]) t(person, account, unanswered, settles, gone)),
    mine as materialized (
      select account_digest from account_claim where target = ${target.id} and claim = ${claim}
        and account_digest in (select account from told) order by account_digest for update),
    decided as (
      update change c set status = case when t.status = 'unknown' then 'begun' else t.status end, reason = t.reason,
        decided_at = case when t.status = 'unknown' then null else now() end,
        before_sealed = case when t.rebased then t.before else c.before_sealed end,
        before_digest = case when t.rebased then t.before_digest else c.before_digest end,
        "foreign" = c."foreign" and not t.rebased
      from unnest(${results.map(({ user }) => user.person)}::text[],
        ${results.map(({ result }) => result.attribute)}::text[], ${results.map(({ result }) => result.status)}::text[],
        ${results.map(({ result }) => result.reason ?? null)}::text[],
        ${results.map(({ user, result }) => user.befores.has(result.attribute))}::boolean[],
        ${results.map(({ user, result }) => before(user, result.attribute))}::bytea[],
        ${results.map(({ user, result }) => digest(result.attribute, user.befores.get(result.attribute)))}::bytea[])
        t(person, attribute, status, reason, rebased, before, before_digest)
      where c.run = ${run} and c.target = ${target.id} and c.person = t.person and c.attribute = t.attribute
        and c.status in ('planned', 'begun')
      returning c.person),
    ended as (
      insert into outcome (run, target, person, outcome, reason, facts)
      select ${run}, ${target.id}, t.* from unnest(${outcomes.map((o) => o.person)}::text[],
        ${outcomes.map((o) => o.outcome)}::text[], ${outcomes.map((o) => o.reason)}::text[],
        ${outcomes.map(factsText)}::jsonb[]) t(person, outcome, reason, facts)
      where t.person in (select person from decided)
      on conflict (run, target, person) do update set outcome = excluded.outcome, reason = excluded.reason,
        facts = excluded.facts),
    released as (
      update account_claim c set ends_at = clock_timestamp(), in_doubt = t.unanswered, wanted = false,
        turn = nextval('claim_turn')
      from mine m join told t on t.account = m.account_digest
      where c.target = ${target.id} and c.account_digest = m.account_digest),
    settled as (
      delete from left_doubt d using mine m, told t
      where t.account = m.account_digest and t.settles and d.target = ${target.id} and d.account_digest = t.account
        and d.connector = ${connector}),
    lost as (
      update profile p set digest = null from told t
      where p.connector = ${connector} and p.target = ${target.id} and p.person = t.person
        and t.account not in (select account_digest from mine)),
    gone as (
      update profile p set account_digest = null, account_sealed = null, values_sealed = null, kept_set = null,
        digest = null
      from mine m join told t on t.account = m.account_digest and t.gone
      where p.connector = ${connector} and p.target = ${target.id} and p.person = t.person
        and p.account_digest = t.account)
    ${remembered}`.execute(ledger.db);
};
