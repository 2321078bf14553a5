import { sql } from 'kysely';
import type { LeaverSpans } from '../../core/people/leavers.ts';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import type { DesiredProfile } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';
import { type KnownProfile, knownOf } from '../links/known-profile.ts';
import type { Ledger } from '../open.ts';
import { sealMapped } from '../plan/staging.ts';
import { unseal } from '../sealing/sealed.ts';
import { inTransaction } from '../transaction.ts';
import { isDue } from './spans.ts';

type RunOf = { readonly id: string; readonly connector: string };

/** A leaver whose span is over, with what the connector knows of the account. */
export type DueLeaver = { readonly person: SourceId; readonly values: KnownProfile; readonly read: ReadMoment };

/**
 * Leavers of a target whose span is over and of whom the provider has just said again that they are gone. Whose account
 * has somebody else by now, or a candidate of this run, is left out.
 */
export const dueLeavers = async (
  ledger: Ledger,
  run: RunOf,
  target: string,
  spans: LeaverSpans,
  limit: number,
): Promise<readonly DueLeaver[]> => {
  const { rows } = await sql<ReadMoment & { person: SourceId; values: Buffer | null }>`select g.person,
      p.values_sealed as values, g.read_number::float8 as number, g.read_at as at
    from run_leaver g
    join leaver l on l.connector = ${run.connector} and l.target = g.target and l.person = g.person and l.kind = g.kind
    join profile p on p.connector = ${run.connector} and p.target = g.target and p.person = g.person
      and p.account_digest is not null
    where g.run = ${run.id} and g.target = ${target} and g.tried and g.answered and ${isDue(spans)}
      and not exists (select 1 from staged_user s where s.run = g.run and s.target = g.target
        and (s.person = g.person or s.account_digest = p.account_digest))
      and not exists (select 1 from manual_link m where m.connector = ${run.connector} and m.target = g.target
        and m.account_digest = p.account_digest and m.person <> g.person)
    order by g.person limit ${limit}`.execute(ledger.db);
  return rows.map(({ person, values, ...read }) => ({
    person,
    read,
    values: knownOf(unseal(ledger, 'values', { target, person }, values)),
  }));
};

/** A leaver as a candidate of the plan: what of the account is to be cleared. */
export type LeaverClear = {
  readonly person: SourceId;
  readonly desired: DesiredProfile;
  readonly digest: Buffer;
  readonly read: ReadMoment;
};

/** Makes candidates of leavers, each with the account the connector knows; an end as out of scope gives way to theirs. */
export const stageClears = async (
  ledger: Ledger,
  run: RunOf,
  target: string,
  clears: readonly LeaverClear[],
): Promise<void> => {
  if (clears.length === 0) return;
  await inTransaction(ledger, async (trx) => {
    const { rows } = await sql<{ from: number }>`select coalesce(max(pos) + 1, 0) as from from staged_user
      where run = ${run.id} and target = ${target}`.execute(trx);
    const from = rows[0]?.from ?? 0;
    await sql`insert into staged_user (run, target, pos, person, desired_sealed, digest, read_at, read_number, state,
        account_digest, account_sealed)
      select ${run.id}, ${target}, t.pos, t.person, t.desired, t.digest, t.at, t.number, 'matched', p.account_digest,
        p.account_sealed
      from unnest(${clears.map((_, index) => from + index)}::integer[], ${clears.map(({ person }) => person)}::text[],
        ${clears.map(({ person, desired }) => sealMapped(ledger, run.id, { target, person, desired, rows: new Map(), match: [] }))}::bytea[],
        ${clears.map(({ digest }) => digest)}::bytea[], ${clears.map(({ read }) => read.at)}::timestamptz[],
        ${clears.map(({ read }) => read.number)}::bigint[]) t(pos, person, desired, digest, at, number)
      join profile p on p.connector = ${run.connector} and p.target = ${target} and p.person = t.person
        and p.account_digest is not null
      on conflict do nothing`.execute(trx);
    await sql`delete from outcome o using run_leaver g where o.run = ${run.id} and o.target = ${target}
      and o.outcome = 'outOfScope' and g.run = o.run and g.target = o.target and g.person = o.person
      and o.person = any(${clears.map(({ person }) => person)}::text[])`.execute(trx);
  });
};
