import { sql } from 'kysely';
import type { KeptCount, KeptReason, KeptValue } from '../../core/kept.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { seal } from '../sealing/sealed.ts';

/** What was kept of one person at one target. */
export type NewKept = KeptValue & { readonly target: string; readonly person: SourceId };

/** Stores what the mapping of a page kept; values are sealed, and told apart by a keyed digest. */
export const insertKept = async (ledger: Ledger, run: string, kept: readonly NewKept[]): Promise<void> => {
  if (kept.length === 0) return;
  const { digest } = ledger.keyring;
  const sealed = ({ value, target, person, attribute }: NewKept): Buffer =>
    seal(ledger, 'kept', { run, target, person, attribute }, value);
  await sql`insert into kept_value (run, target, person, attribute, reason, value_digest, value_sealed)
    select ${run}, * from unnest(${kept.map((one) => one.target)}::text[], ${kept.map((one) => one.person)}::text[],
      ${kept.map((one) => one.attribute)}::text[], ${kept.map((one) => one.reason)}::text[],
      ${kept.map((one) => digest(`kept:${one.value}`))}::bytea[], ${kept.map(sealed)}::bytea[])
    on conflict do nothing`.execute(ledger.db);
};

/** What a run kept, counted by target, attribute and reason. */
export const keptCounts = async (ledger: Ledger, run: string): Promise<ReadonlyMap<string, readonly KeptCount[]>> => {
  const { rows } = await sql<KeptCount & { target: string }>`select target, attribute, reason,
      count(distinct person)::integer as people, count(distinct value_digest)::integer as values
    from kept_value where run = ${run} group by target, attribute, reason order by target, attribute, reason`.execute(
    ledger.db,
  );
  const counts = new Map<string, readonly KeptCount[]>();
  for (const { target, ...count } of rows) counts.set(target, [...(counts.get(target) ?? []), count]);
  return counts;
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
  const { rows } = await sql<{ reason: KeptReason }>`select k.reason from kept_value k join run r on r.id = k.run
    where r.connector = ${about.connector} and k.target = ${about.target} and k.person = ${about.person}
      and k.attribute = ${about.attribute} order by r.started_at desc limit 1`.execute(ledger.db);
  return rows[0]?.reason ?? null;
};

/** Forgets what earlier runs kept: a run that read everybody has just told it anew. */
export const forgetKeptBefore = async (ledger: Ledger, run: { id: string; connector: string }): Promise<void> => {
  await sql`delete from kept_value where run in (
    select id from run where connector = ${run.connector} and id <> ${run.id}
      and started_at < (select started_at from run where id = ${run.id}))`.execute(ledger.db);
};
