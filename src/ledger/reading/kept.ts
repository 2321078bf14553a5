import { sql } from 'kysely';
import type { AttributeId } from '../../core/profile.ts';
import type { KeptCount, KeptReason, KeptValue } from '../../core/report/kept.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { seal, unseal } from '../sealing/sealed.ts';

/** What was kept of one person at one target. */
export type NewKept = KeptValue & { readonly target: string; readonly person: SourceId };

/** Stores what the mapping of a page kept; values are sealed, and distinguished by a keyed digest. */
export const insertKept = async (ledger: Ledger, run: string, kept: readonly NewKept[]): Promise<void> => {
  if (kept.length === 0) return;
  const sealed = ({ value, target, person, attribute }: NewKept): Buffer =>
    seal(ledger, 'kept', { run, target, person, attribute }, value);
  await sql`insert into kept_value (run, target, person, attribute, reason, value_digest, value_sealed)
    select ${run}, * from unnest(${kept.map((one) => one.target)}::text[], ${kept.map((one) => one.person)}::text[],
      ${kept.map((one) => one.attribute)}::text[], ${kept.map((one) => one.reason)}::text[],
      ${kept.map((one) => keptDigest(ledger, one.value))}::bytea[], ${kept.map(sealed)}::bytea[])
    on conflict do nothing`.execute(ledger.db);
};

/** The keyed digest that distinguishes kept values. */
export const keptDigest = (ledger: Pick<Ledger, 'keyring'>, value: string): Buffer =>
  ledger.keyring.digest(`kept:${value}`);

type RunOf = { readonly id: string; readonly connector: string; readonly readNo: number };

/**
 * What a run kept: what it found itself, and what is remembered of accounts it did not have to look at because nothing of
 * their people had changed.
 */
const keptBy = (run: RunOf) => sql`(
    select target, person, attribute, reason, value_digest, value_sealed, false as remembered from kept_value where run = ${run.id}
    union all
    select l.target, l.person, l.attribute, 'notOurs', l.value_digest, l.value_sealed, true from left_alone l
    join (select unnest(seen) as person from read_page where run = ${run.id} and read_no = ${run.readNo}) s
      on s.person = l.person
    where l.connector = ${run.connector}
      and not exists (select 1 from staged_user u where u.run = ${run.id} and u.target = l.target and u.person = l.person)
      and not exists (select 1 from outcome o where o.run = ${run.id} and o.target = l.target and o.person = l.person))`;

/** What a run kept, counted by target, attribute and reason. */
export const keptCounts = async (ledger: Ledger, run: RunOf): Promise<ReadonlyMap<string, readonly KeptCount[]>> => {
  const { rows } = await sql<KeptCount & { target: string }>`select target, attribute, reason,
      count(distinct person)::integer as people, count(distinct value_digest)::integer as values
    from ${keptBy(run)} k group by target, attribute, reason order by target, attribute, reason`.execute(ledger.db);
  const counts = new Map<string, readonly KeptCount[]>();
  for (const { target, ...count } of rows) counts.set(target, [...(counts.get(target) ?? []), count]);
  return counts;
};

/** The place of a value in a listing of what was kept. */
export type KeptKey = Pick<NewKept, 'target' | 'person' | 'attribute' | 'reason'> & { readonly digest: string };

/** A value that was kept, with its place. */
export type ListedKept = NewKept & { readonly digest: string };

/** The values a run kept, after `after`, in a stable order, opened. */
export const listKept = async (
  ledger: Ledger,
  run: RunOf,
  { after, limit }: { readonly after: KeptKey | null; readonly limit: number },
): Promise<readonly ListedKept[]> => {
  type Row = Omit<ListedKept, 'value'> & { sealed: Buffer; remembered: boolean };
  const { rows } = await sql<Row>`select target, person, attribute, reason,
      encode(value_digest, 'hex') as digest, value_sealed as sealed, remembered from ${keptBy(run)} k
    where ${after === null} or (target, person, attribute, reason, encode(value_digest, 'hex'))
      > (${after?.target ?? ''}, ${after?.person ?? ''}, ${after?.attribute ?? ''}, ${after?.reason ?? ''},
        ${after?.digest ?? ''})
    order by target, person, attribute, reason, encode(value_digest, 'hex') limit ${limit}`.execute(ledger.db);
  return rows.map(({ sealed, remembered, ...row }) => ({
    ...row,
    value: remembered
      ? unseal(ledger, 'leftAlone', row, sealed)
      : unseal(ledger, 'kept', { ...row, run: run.id }, sealed),
  }));
};

/** Why the last run that looked at a person kept an attribute of theirs; null when it kept nothing. */
export const keptOf = async (
  ledger: Ledger,
  about: {
    readonly connector: string;
    readonly target: string;
    readonly person: SourceId;
    readonly attribute: AttributeId;
  },
): Promise<KeptReason | null> => {
  const { rows } = await sql<{ reason: KeptReason }>`(select 'notOurs' as reason from left_alone
      where connector = ${about.connector} and target = ${about.target} and person = ${about.person}
        and attribute = ${about.attribute})
    union all (select k.reason from kept_value k join run r on r.id = k.run
      where r.connector = ${about.connector} and k.target = ${about.target} and k.person = ${about.person}
        and k.attribute = ${about.attribute} and k.reason <> 'notOurs' order by r.started_at desc limit 1)
    limit 1`.execute(ledger.db);
  return rows[0]?.reason ?? null;
};

/** Forgets what earlier runs kept: a run that read everybody has just replaced it. */
export const forgetKeptBefore = async (ledger: Ledger, run: { id: string; connector: string }): Promise<void> => {
  await sql`delete from kept_value where run in (
    select id from run where connector = ${run.connector} and id <> ${run.id}
      and started_at < (select started_at from run where id = ${run.id}))`.execute(ledger.db);
};
