import { sql } from 'kysely';
import type { TargetAttribute } from '../../core/plan/fault.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { seal, unseal } from '../sealing/sealed.ts';

/** Which attributes of the plan of which run become the plan of which other one. */
export type TakenOut = { readonly from: string; readonly to: string; readonly out: readonly TargetAttribute[] };

/**
 * Makes changes of one plan the plan of another run. People with none left end as skipped in the first; people with
 * some left are written in part, so that no run counts them as in tune.
 */
export const takeOut = async (ledger: Ledger, { from, to, out }: TakenOut): Promise<void> => {
  const these = sql`(c.target, c.attribute) in (select * from unnest(${out.map(({ target }) => target)}::text[],
    ${out.map(({ attribute }) => attribute)}::text[]))`;
  // People who are already planned need no mapping any more, and the first run records what was found.
  await withoutLoops(
    ledger,
    sql`insert into staged_user (run, target, pos, person, desired_sealed, digest, read_at, read_number, state,
      account_digest, account_sealed, by_hand, seen_turn, in_part)
    select ${to}, target, pos, person, '', digest, read_at, read_number, state, account_digest, account_sealed, by_hand,
      seen_turn, exists (select 1 from change c where c.run = s.run and c.target = s.target and c.person = s.person
        and not ${these})
    from staged_user s where s.run = ${from} and exists (select 1 from change c
      where c.run = s.run and c.target = s.target and c.person = s.person and ${these})`,
  );
  while ((await movePage(ledger, from, to, these)) === pageSize);
  await sql`insert into outcome (run, target, person, outcome, reason)
    select ${to}, target, person, 'planned', 'planned' from staged_user where run = ${to}`.execute(ledger.db);
  await leaveRest(ledger, from, sql`select target, pos from staged_user where run = ${to}`, {
    reason: 'held',
    facts: { run: to },
  });
};

/** How many changes are sealed anew at once. */
const pageSize = 2_000;

/** Moves a page of changes from one run to another and says how many: a value is sealed for the run it belongs to. */
const movePage = async (ledger: Ledger, from: string, to: string, these: ReturnType<typeof sql>): Promise<number> => {
  type Row = { target: string; person: SourceId; attribute: AttributeId; before: Buffer | null; after: Buffer | null };
  const { rows } = await sql<Row>`select c.target, c.person, c.attribute, c.before_sealed as before,
      c.after_sealed as after from change c where c.run = ${from} and ${these} limit ${pageSize}`.execute(ledger.db);
  const again = (kind: 'before' | 'after') => (row: Row) => {
    const { target, person, attribute } = row;
    const at = { target, person, attribute };
    return seal(ledger, kind, { run: to, ...at }, unseal(ledger, kind, { run: from, ...at }, row[kind]));
  };
  await sql`update change c set run = ${to}, before_sealed = t.before, after_sealed = t.after
    from unnest(${rows.map(({ target }) => target)}::text[], ${rows.map(({ person }) => person)}::text[],
      ${rows.map(({ attribute }) => attribute)}::text[], ${rows.map(again('before'))}::bytea[],
      ${rows.map(again('after'))}::bytea[]) t(target, person, attribute, before, after)
    where c.run = ${from} and c.target = t.target and c.person = t.person and c.attribute = t.attribute`.execute(
    ledger.db,
  );
  return rows.length;
};

/**
 * Handles people whose plan has lost some changes: those with others keep them and are written in part, those with none
 * end as skipped for this reason.
 */
export const leaveRest = async (
  ledger: Ledger,
  run: string,
  people: ReturnType<typeof sql>,
  { reason, facts }: { readonly reason: 'held' | 'leftOut'; readonly facts: object },
): Promise<void> => {
  await withoutLoops(
    ledger,
    sql`with touched as (
      select s.pos, s.target, s.person, exists (select 1 from change c where c.run = s.run and c.target = s.target
        and c.person = s.person and c.status in ('planned', 'begun')) as more
      from staged_user s where s.run = ${run} and (s.target, s.pos) in (${people})),
    settled as (
      update staged_user s set in_part = t.more, state = case when t.more then s.state else 'settled' end
      from touched t where s.run = ${run} and s.target = t.target and s.pos = t.pos)
    insert into outcome (run, target, person, outcome, reason, facts)
    select ${run}, target, person, 'skipped', ${reason}, ${JSON.stringify(facts)}::jsonb from touched where not more
    on conflict (run, target, person) do update set outcome = excluded.outcome, reason = excluded.reason,
      facts = excluded.facts`,
  );
};

/**
 * Executes a statement that joins many people of one run, within a transaction: hashed or merged, never in a loop. A
 * database that does not know yet how many the run has takes them for one.
 */
const withoutLoops = async ({ db }: Pick<Ledger, 'db'>, statement: ReturnType<typeof sql>): Promise<void> => {
  await sql`set local enable_nestloop = off`.execute(db);
  await statement.execute(db);
  await sql`set local enable_nestloop = on`.execute(db);
};
