import { sql } from 'kysely';
import type { PlannedChange } from '../../core/plan/diff.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { KeptValue } from '../../core/report/kept.ts';
import type { SourceId } from '../../core/values.ts';
import { accountDigest } from '../links/accounts.ts';
import type { Writer } from '../links/claims.ts';
import { type KnownProfile, knownText } from '../links/known-profile.ts';
import { endLinks } from '../links/profiles.ts';
import { recordSeen, type SeenProfile } from '../links/record-seen.ts';
import type { Ledger } from '../open.ts';
import { keptDigest } from '../reading/kept.ts';
import { factsText, type NewOutcome } from '../runs/outcomes.ts';
import { seal } from '../sealing/sealed.ts';
import { countStood, type Stood } from './parity.ts';
import { valueDigest } from './value-digest.ts';

/** A planned user: the changes to store, or, with none, the profile the target was found to hold already. */
export type PlannedUser = {
  readonly pos: number;
  readonly person: SourceId;
  readonly changes: readonly PlannedChange[];
  /** The row of the document that decided each attribute. */
  readonly rows: ReadonlyMap<AttributeId, number>;
  readonly adopted: number;
  /** How what was read of the account compares with what is wanted, where it had not been seen before. */
  readonly stood: readonly Stood[];
  readonly outcome: NewOutcome | null;
  /** What the account was found to hold beside the changes, to be remembered with them. */
  readonly found: KnownProfile | null;
  /** What the mapping gives and `overwrite` of the row keeps from the account. */
  readonly leftAlone: readonly Pick<KeptValue, 'attribute' | 'value'>[];
  readonly record: SeenProfile | 'accountGone' | null;
  /** The account it was planned for and the turn of the look before; null where no value of it played a part. */
  readonly seen: { readonly account: string; readonly turn: string | null } | null;
};

/**
 * Stores what was planned for some users of a batch, each only if nobody else has: a step that was given up but
 * continues anyway changes nothing. Outcomes and profiles are those of whom it stored. Returns for how many the account
 * was written to since it was read: what they were compared with may have changed, so they have to be planned again.
 */
export const storePlan = async (ledger: Ledger, writer: Writer, users: readonly PlannedUser[]): Promise<number> => {
  if (users.length === 0) return 0;
  const { run } = writer;
  const target = writer.target.id;
  // The database may know nothing yet of how many people the run has: the bounds lead it to these few.
  const [first, last] = [Math.min(...users.map(({ pos }) => pos)), Math.max(...users.map(({ pos }) => pos))];
  const among = sql`s.run = ${run} and s.target = ${target} and s.pos between ${first} and ${last}`;
  const changes = users.flatMap((user) => user.changes.map((change) => ({ user, change })));
  const outcomes = users.flatMap((user) => (user.outcome === null ? [] : [user.outcome]));
  const at = ({ person }: PlannedUser, attribute: AttributeId) => ({ run, target, person, attribute });
  const found = ({ person, found: known }: PlannedUser): Buffer | null =>
    known === null ? null : seal(ledger, 'found', { run, target, person }, knownText(known));
  const digest = (attribute: AttributeId, value: string | null): Buffer | null =>
    value === null ? null : valueDigest(ledger, attribute, value);
  const leftAlone = users.flatMap((user) => user.leftAlone.map((one) => ({ user, ...one })));
  const stood = users.flatMap((user) => user.stood.map((one) => ({ pos: user.pos, stood: one })));
  const account = ({ seen }: PlannedUser): Buffer | null =>
    seen === null ? null : accountDigest(ledger, seen.account);
  const { rows } = await sql<{ person: SourceId; stored: boolean }>`with told as materialized (
      select t.*, t.account is null or c.turn is not distinct from t.turn as fresh
      from unnest(${users.map((u) => u.pos)}::integer[],
        ${users.map((u) => (u.changes.length > 0 ? 'planned' : u.outcome === null ? 'unchanged' : 'settled'))}::text[],
        ${users.map((u) => u.adopted)}::integer[], ${users.map(found)}::bytea[], ${users.map(account)}::bytea[],
        ${users.map((u) => u.seen?.turn ?? null)}::bigint[]) t(pos, state, adopted, found, account, turn)
      left join account_claim c on c.target = ${target} and c.account_digest = t.account),
    stored as (
      update staged_user s set state = t.state, adopted = t.adopted, found_sealed = t.found, seen_turn = t.turn
      from told t where t.fresh and ${among} and s.pos = t.pos and s.state = 'matched'
      returning s.pos, s.person),
    planned as (
      insert into change (run, target, person, attribute, pos, before_sealed, before_digest, after_sealed, after_digest,
        "foreign", row_no)
      select ${run}, ${target}, s.person, t.attribute, s.pos, t.before, t.before_digest, t.after, t.after_digest,
        t."foreign", t.row_no
      from unnest(${changes.map((c) => c.user.pos)}::integer[],
        ${changes.map((c) => c.change.attribute)}::text[],
        ${changes.map(({ user, change }) => seal(ledger, 'before', at(user, change.attribute), change.before))}::bytea[],
        ${changes.map(({ change }) => digest(change.attribute, change.before))}::bytea[],
        ${changes.map(({ user, change }) => seal(ledger, 'after', at(user, change.attribute), change.after))}::bytea[],
        ${changes.map(({ change }) => digest(change.attribute, change.after))}::bytea[],
        ${changes.map((c) => c.change.foreign)}::boolean[],
        ${changes.map((c) => c.user.rows.get(c.change.attribute) ?? null)}::smallint[])
        t(pos, attribute, before, before_digest, after, after_digest, "foreign", row_no)
      join stored s on s.pos = t.pos
      on conflict (run, target, person, attribute) do nothing),
    stood as (${countStood(run, target, stood)}),
    left_alone_now as materialized (
      select s.person, t.* from unnest(${leftAlone.map(({ user }) => user.pos)}::integer[],
        ${leftAlone.map(({ attribute }) => attribute)}::text[],
        ${leftAlone.map(({ value }) => keptDigest(ledger, value))}::bytea[],
        ${leftAlone.map(({ user, attribute, value }) => seal(ledger, 'kept', at(user, attribute), value))}::bytea[],
        ${leftAlone.map(({ user, attribute, value }) => seal(ledger, 'leftAlone', at(user, attribute), value))}::bytea[])
        t(pos, attribute, digest, sealed, sealed_for_good)
      join stored s on s.pos = t.pos),
    kept as (
      insert into kept_value (run, target, person, attribute, reason, value_digest, value_sealed)
      select ${run}, ${target}, person, attribute, 'notOurs', digest, sealed from left_alone_now on conflict do nothing),
    -- A dry run leaves no trace.
    writing as materialized (select id from run where id = ${run} and intent = 'apply'),
    not_any_more as (
      delete from left_alone l using stored s, writing
      where l.connector = ${writer.connector} and l.target = ${target} and l.person = s.person and not exists (
        select 1 from left_alone_now n where n.person = l.person and n.attribute = l.attribute)),
    remembered as (
      insert into left_alone as l (connector, target, person, attribute, value_digest, value_sealed)
      select ${writer.connector}, ${target}, person, attribute, digest, sealed_for_good from left_alone_now, writing
      on conflict (connector, target, person, attribute) do update set value_digest = excluded.value_digest,
        value_sealed = excluded.value_sealed where l.value_digest <> excluded.value_digest),
    ended as (
      insert into outcome (run, target, person, outcome, reason, facts)
      select ${run}, ${target}, s.person, t.outcome, t.reason, t.facts
      from unnest(${outcomes.map((o) => o.person)}::text[], ${outcomes.map((o) => o.outcome)}::text[],
        ${outcomes.map((o) => o.reason)}::text[], ${outcomes.map(factsText)}::jsonb[]) t(person, outcome, reason, facts)
      join stored s on s.person = t.person
      on conflict (run, target, person) do update set outcome = excluded.outcome, reason = excluded.reason,
        facts = excluded.facts)
    select person, true as stored from stored
    union all select s.person, false from staged_user s join told t on t.pos = s.pos
      where ${among} and s.state = 'matched' and not t.fresh`.execute(ledger.db);
  const stored = new Set(rows.flatMap((row) => (row.stored ? [row.person] : [])));
  const kept = users.filter(({ person }) => stored.has(person));
  const gone = kept.filter(({ record }) => record === 'accountGone').map(({ person }) => person);
  await endLinks(ledger, { connector: writer.connector, target }, gone);
  await recordSeen(
    ledger,
    writer,
    kept.flatMap(({ record }) => (record === null || record === 'accountGone' ? [] : [record])),
  );
  return rows.length - stored.size;
};
