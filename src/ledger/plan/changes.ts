import { sql } from 'kysely';
import type { Batch } from '../../core/batch.ts';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import type { PlannedChange } from '../../core/plan/diff.ts';
import type { AttributeId } from '../../core/profile.ts';
import { type Reason, sentenceOf } from '../../core/report/reasons.ts';
import type { SourceId } from '../../core/values.ts';
import { openAccount } from '../links/accounts.ts';
import { type KnownProfile, knownOf } from '../links/known-profile.ts';
import type { Ledger } from '../open.ts';
import { keptFacts, type NewOutcome } from '../runs/outcomes.ts';
import { unseal } from '../sealing/sealed.ts';

/** Where a plan belongs. */
export type PlanKey = { readonly target: string; readonly run: string };

/** A user with stored changes still to be written. */
export type DueUser = {
  readonly pos: number;
  readonly person: SourceId;
  readonly account: string;
  readonly digest: Buffer;
  readonly read: ReadMoment;
  readonly changes: readonly PlannedChange[];
  /** Some of what was planned is not written by this run: afterwards the account is not in tune. */
  readonly inPart: boolean;
  /** What the plan found in the account beside the changes; empty where it did not read it. */
  readonly found: KnownProfile;
  /** The turn of the look the plan was made by. */
  readonly turn: string | null;
};

/** The users of a batch whose changes are not decided yet, in order; of those who go first alone, where asked. */
export const dueUsers = async (ledger: Ledger, plan: PlanKey, batch: Batch, firstAlone = false): Promise<DueUser[]> => {
  type Row = Omit<DueUser, 'changes' | 'account' | 'read' | 'found'> &
    ReadMoment & {
      account: Buffer;
      of: Buffer;
      found: Buffer | null;
      attribute: AttributeId;
      before: Buffer | null;
      after: Buffer | null;
      foreign: boolean;
    };
  const { rows } =
    await sql<Row>`select s.pos, s.person, s.account_sealed as account, s.account_digest as of, s.found_sealed as found, s.seen_turn as turn, s.in_part as "inPart", s.digest,
      s.read_at as at, s.read_number::float8 as number, c.attribute, c.before_sealed as before, c.after_sealed as after, c."foreign"
    from change c join staged_user s on s.run = c.run and s.target = c.target and s.pos = c.pos
    where c.run = ${plan.run} and c.target = ${plan.target} and c.status in ('planned', 'begun')
      and c.pos >= ${batch.from} and c.pos < ${batch.to} and (s.goes_first or not ${firstAlone}::boolean)
    order by s.pos, c.attribute`.execute(ledger.db);
  const { run, target } = plan;
  const users = new Map<number, DueUser & { changes: PlannedChange[] }>();
  for (const { account, of, found, attribute, before, after, foreign, at, number, ...row } of rows) {
    const whose = { run, target, person: row.person };
    const user = users.get(row.pos) ?? {
      ...row,
      read: { at, number },
      account: openAccount(ledger, target, { digest: of, sealed: account }),
      found: knownOf(unseal(ledger, 'found', whose, found)),
      changes: [],
    };
    const change = { ...whose, attribute };
    user.changes.push({
      attribute,
      before: unseal(ledger, 'before', change, before),
      after: unseal(ledger, 'after', change, after),
      foreign,
    });
    users.set(row.pos, user);
  }
  return [...users.values()];
};

/** A person who ends without a write, for a reason that holds for all their changes. */
export type Unwritten = Omit<NewOutcome, 'target'>;

/**
 * Ends people for whom nothing more is written. Decided changes are not touched, and what an earlier attempt began to
 * write stays begun: the value may be there.
 */
export const endUnwritten = async (ledger: Ledger, plan: PlanKey, people: readonly Unwritten[]): Promise<void> => {
  if (people.length === 0) return;
  await sql`with told as (select * from unnest(${people.map(({ person }) => person)}::text[],
        ${people.map(({ outcome }) => outcome)}::text[], ${people.map(({ reason }) => reason)}::text[],
        ${people.map(({ reason, facts }) => sentenceOf(reason, facts))}::text[]) t(person, outcome, reason, said)),
    decided as (
      update change c set status = case when t.begun then 'begun' else 'rejected' end, reason = t.said,
        decided_at = case when t.begun then null else now() end
      from (select told.*, person in (select d.person from doubt d
        where d.run = ${plan.run} and d.target = ${plan.target}) as begun from told) t
      where c.run = ${plan.run} and c.target = ${plan.target} and c.person = t.person
        and c.status in ('planned', 'begun')
      returning c.person)
    insert into outcome (run, target, person, outcome, reason)
    select ${plan.run}, ${plan.target}, t.person, t.outcome, t.reason from told t
      where t.person in (select person from decided)
    on conflict (run, target, person) do update set outcome = excluded.outcome, reason = excluded.reason, facts = null`.execute(
    ledger.db,
  );
};

/** How many changes a plan has, and how many of them are decided: written, found written, or given up with a reason. */
export const countDecided = async (ledger: Ledger, run: string): Promise<{ decided: number; all: number }> => {
  const { rows } = await sql<{ decided: number; all: number }>`select count(*)::integer as all,
      count(*) filter (where status not in ('planned', 'begun'))::integer as decided
    from change where run = ${run}`.execute(ledger.db);
  return rows[0] ?? { decided: 0, all: 0 };
};

/**
 * Ends the undecided changes of a batch that cannot be applied: each of its people becomes a failed outcome. A change
 * whose account is in doubt may have been written: it is not called refused, but stays begun until the account is read.
 */
export const failDueUsers = async (ledger: Ledger, plan: PlanKey, batch: Batch, why: Reason): Promise<void> => {
  const said = sentenceOf(why.reason, why.facts);
  await sql`with doubted as (select person from doubt where run = ${plan.run} and target = ${plan.target}),
    failed as (
      update change c set status = case when d.in_doubt then 'begun' else 'rejected' end, reason = ${said},
        decided_at = case when d.in_doubt then null else now() end
      from (select pos, attribute, person in (select person from doubted) as in_doubt from change
        where run = ${plan.run} and target = ${plan.target} and status in ('planned', 'begun')
          and pos >= ${batch.from} and pos < ${batch.to}) d
      where c.run = ${plan.run} and c.target = ${plan.target} and c.pos = d.pos and c.attribute = d.attribute
        and c.status in ('planned', 'begun')
      returning c.person)
    update outcome o set outcome = 'failed', reason = ${why.reason}, facts = ${keptFacts.text(why.facts ?? {})}::jsonb
      from (select distinct person from failed) f
    where o.run = ${plan.run} and o.target = ${plan.target} and o.person = f.person`.execute(ledger.db);
};
