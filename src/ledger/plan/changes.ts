import { sql } from 'kysely';
import type { Batch } from '../../core/batch.ts';
import type { PlannedChange } from '../../core/diff.ts';
import type { AttributeId, ChangeResult } from '../../core/profile.ts';
import type { ReadMoment } from '../../core/read-moment.ts';
import { type Reason, sentenceOf } from '../../core/reasons.ts';
import type { SourceId } from '../../core/values.ts';
import { endLinks, type ProfileRecord, recordProfiles } from '../links/profiles.ts';
import type { Ledger } from '../open.ts';
import type { NewOutcome } from '../runs/outcomes.ts';
import { insertOutcomes, keptFacts } from '../runs/outcomes.ts';
import { inTransaction } from '../transaction.ts';

/** A planned user: the changes to store, or, with none, the profile the target was found to hold already. */
export type PlannedUser = {
  readonly pos: number;
  readonly person: SourceId;
  readonly changes: readonly PlannedChange[];
  /** The row of the document that decided each attribute. */
  readonly rows: ReadonlyMap<AttributeId, number>;
  readonly adopted: number;
  readonly outcome: NewOutcome | null;
  readonly record: Remember;
};

/** What to remember of a user afterwards: a profile, that its account is gone, or nothing new. */
export type Remember = ProfileRecord | 'accountGone' | null;

/** Where a plan belongs. */
export type PlanKey = { readonly connector: string; readonly target: string; readonly run: string };

/** Stores what was planned for some users of a batch in one transaction. */
export const storePlan = async (ledger: Ledger, plan: PlanKey, users: readonly PlannedUser[]): Promise<void> => {
  const { run, target } = plan;
  const changes = users.flatMap((user) => user.changes.map((change) => ({ user, change })));
  const seal = (value: string | null): Buffer | null => (value === null ? null : ledger.keyring.seal(value));
  await inTransaction(ledger, async (trx) => {
    const inTransaction = { ...ledger, db: trx };
    await sql`insert into change (run, target, person, attribute, pos, before_sealed, after_sealed, "foreign", row_no)
      select ${run}, ${target}, t.* from unnest(${changes.map((c) => c.user.person)}::text[],
        ${changes.map((c) => c.change.attribute)}::text[], ${changes.map((c) => c.user.pos)}::integer[],
        ${changes.map((c) => seal(c.change.before))}::bytea[], ${changes.map((c) => seal(c.change.after))}::bytea[],
        ${changes.map((c) => c.change.foreign)}::boolean[],
        ${changes.map((c) => c.user.rows.get(c.change.attribute) ?? null)}::smallint[]) t
      on conflict (run, target, person, attribute) do nothing`.execute(trx);
    await insertOutcomes(
      inTransaction,
      run,
      users.flatMap((user) => (user.outcome === null ? [] : [user.outcome])),
    );
    await remember(inTransaction, plan, users);
    await sql`update staged_user s set state = t.state, adopted = t.adopted
      from unnest(${users.map((u) => u.pos)}::integer[],
        ${users.map((u) => (u.changes.length > 0 ? 'planned' : u.outcome === null ? 'unchanged' : 'settled'))}::text[],
        ${users.map((u) => u.adopted)}::integer[]) t(pos, state, adopted)
      where s.run = ${run} and s.target = ${target} and s.pos = t.pos`.execute(trx);
  });
};

const remember = async (
  ledger: Ledger,
  plan: PlanKey,
  users: readonly { person: SourceId; record: Remember }[],
): Promise<void> => {
  const gone = users.filter(({ record }) => record === 'accountGone').map(({ person }) => person);
  await endLinks(ledger, plan, gone);
  const records = users.flatMap(({ record }) => (record === null || record === 'accountGone' ? [] : [record]));
  await recordProfiles(ledger, plan, records);
};

/** A user with stored changes still to be written. */
export type DueUser = {
  readonly pos: number;
  readonly person: SourceId;
  readonly account: string;
  readonly digest: Buffer;
  readonly read: ReadMoment;
  readonly changes: readonly PlannedChange[];
};

/** The users of a batch whose changes are not decided yet, in order. */
export const dueUsers = async (ledger: Ledger, plan: PlanKey, batch: Batch): Promise<DueUser[]> => {
  type Row = Omit<DueUser, 'changes' | 'account' | 'read'> &
    ReadMoment & {
      account: Buffer;
      attribute: AttributeId;
      before: Buffer | null;
      after: Buffer | null;
      foreign: boolean;
    };
  const { rows } = await sql<Row>`select s.pos, s.person, s.account_sealed as account, s.digest,
      s.read_at as at, s.read_number::float8 as number, c.attribute, c.before_sealed as before, c.after_sealed as after, c."foreign"
    from change c join staged_user s on s.run = c.run and s.target = c.target and s.pos = c.pos
    where c.run = ${plan.run} and c.target = ${plan.target} and c.status = 'planned'
      and c.pos >= ${batch.from} and c.pos < ${batch.to}
    order by s.pos, c.attribute`.execute(ledger.db);
  const open = (sealed: Buffer | null): string | null => (sealed === null ? null : ledger.keyring.open(sealed));
  const users = new Map<number, DueUser & { changes: PlannedChange[] }>();
  for (const { account, attribute, before, after, foreign, at, number, ...row } of rows) {
    const user = users.get(row.pos) ?? {
      ...row,
      read: { at, number },
      account: ledger.keyring.open(account),
      changes: [],
    };
    user.changes.push({ attribute, before: open(before), after: open(after), foreign });
    users.set(row.pos, user);
  }
  return [...users.values()];
};

/** What became of one user's changes; no outcome where some of them are still to be written. */
export type AppliedUser = {
  readonly person: SourceId;
  readonly results: readonly ChangeResult[];
  readonly outcome: NewOutcome | null;
  readonly record: Remember;
};

/** Claims a batch under the next number: whoever held it before has lost it. */
export const claimBatch = async (ledger: Ledger, plan: PlanKey, batch: Batch): Promise<number> => {
  const { rows } = await sql<{ claim: number }>`insert into batch_claim (run, target, from_pos, claim)
    values (${plan.run}, ${plan.target}, ${batch.from}, 1)
    on conflict (run, target, from_pos) do update set claim = batch_claim.claim + 1 returning claim`.execute(ledger.db);
  return rows[0]?.claim ?? 0;
};

/** Whether this claim is still the newest of its batch. */
export const holdsClaim = async (ledger: Ledger, plan: PlanKey, batch: Batch, claim: number): Promise<boolean> => {
  const { rows } = await sql`select 1 from batch_claim where run = ${plan.run} and target = ${plan.target}
    and from_pos = ${batch.from} and claim = ${claim}`.execute(ledger.db);
  return rows.length === 1;
};

/** Records the results of one user in one transaction. */
export const recordApplied = async (ledger: Ledger, plan: PlanKey, user: AppliedUser): Promise<void> => {
  const { run, target } = plan;
  await inTransaction(ledger, async (trx) => {
    const inTransaction = { ...ledger, db: trx };
    await sql`update change c set status = t.status, reason = t.reason, decided_at = now()
      from unnest(${user.results.map((r) => r.attribute)}::text[], ${user.results.map((r) => r.status)}::text[],
        ${user.results.map((r) => r.reason ?? null)}::text[]) t(attribute, status, reason)
      where c.run = ${run} and c.target = ${target} and c.person = ${user.person}
        and c.attribute = t.attribute`.execute(trx);
    await insertOutcomes(inTransaction, run, user.outcome === null ? [] : [user.outcome]);
    await remember(inTransaction, plan, [user]);
  });
};

/** Ends the undecided changes of a batch that cannot be applied: each of its users becomes a failed outcome. */
export const failDueUsers = async (ledger: Ledger, plan: PlanKey, batch: Batch, why: Reason): Promise<void> => {
  const said = sentenceOf(why.reason, why.facts);
  await sql`with failed as (
      update change set status = 'rejected', reason = ${said}, decided_at = now()
      where run = ${plan.run} and target = ${plan.target} and status = 'planned'
        and pos >= ${batch.from} and pos < ${batch.to}
      returning person)
    update outcome o set outcome = 'failed', reason = ${why.reason}, facts = ${keptFacts.text(why.facts ?? {})}::jsonb
      from (select distinct person from failed) f
    where o.run = ${plan.run} and o.target = ${plan.target} and o.person = f.person`.execute(ledger.db);
};
