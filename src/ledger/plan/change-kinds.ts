import { sql } from 'kysely';
import type { AttributeId } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';
import { knownOf } from '../links/known-profile.ts';
import type { Ledger } from '../open.ts';
import type { Run } from '../runs/runs.ts';
import { unseal } from '../sealing/sealed.ts';
import { valueDigest } from './value-digest.ts';

/** Where changes are alike. */
export type KindsOf = { readonly target: string; readonly attribute: AttributeId };

/** One kind of change: the same value before and after, for this many people. */
export type ChangeKind = { readonly before: string | null; readonly after: string | null; readonly people: number };

/** The commonest kinds, and how many kinds and people there are beside them. */
export type ChangeKinds = {
  readonly kinds: readonly ChangeKind[];
  readonly rest: { readonly kinds: number; readonly people: number };
};

/**
 * The kinds of change of one attribute in a plan, the most common first. They are distinguished by their digests: only
 * the values that are shown are opened.
 */
export const changeKinds = async (
  ledger: Ledger,
  run: string,
  { target, attribute }: KindsOf,
  limit: number,
): Promise<ChangeKinds> => {
  type Row = {
    person: SourceId;
    people: number;
    kinds: number;
    all: number;
    before: Buffer | null;
    after: Buffer | null;
  };
  const { rows } = await sql<Row>`with kind as materialized (
      select count(*)::integer as people, min(person) as example from change
      where run = ${run} and target = ${target} and attribute = ${attribute}
      group by coalesce(before_digest, before_sealed), coalesce(after_digest, after_sealed))
    select c.person, k.people, (select count(*)::integer from kind) as kinds, (select sum(people)::integer from kind) as all,
      c.before_sealed as before, c.after_sealed as after
    from (select * from kind order by people desc, example limit ${limit}) k
    join change c on c.run = ${run} and c.target = ${target} and c.attribute = ${attribute} and c.person = k.example
    order by k.people desc, k.example`.execute(ledger.db);
  const kinds = rows.map(({ person, people, before, after }) => {
    const at = { run, target, person, attribute };
    return { people, before: unseal(ledger, 'before', at, before), after: unseal(ledger, 'after', at, after) };
  });
  const shown = kinds.reduce((sum, { people }) => sum + people, 0);
  return { kinds, rest: { kinds: (rows[0]?.kinds ?? 0) - kinds.length, people: (rows[0]?.all ?? 0) - shown } };
};

/** How many different values a plan would set, and how many of them no account holds in that attribute today. */
export type NewValues = { readonly distinct: number; readonly unknownToAttribute: number };

/** How many remembered accounts are opened at once. */
const pageSize = 2_000;

/**
 * Counts the values that a plan brings into an attribute. What accounts hold is sealed, so those that the plan leaves
 * alone are gone through page by page, once for a plan: the answer is kept with it. Of the others the plan knows what
 * they held when it was made, also when it is asked after it was carried out.
 */
export const newValues = async (ledger: Ledger, run: Run, of: KindsOf): Promise<NewValues> => {
  const { target, attribute } = of;
  const { rows: kept } = await sql<NewValues>`select value_count as distinct, unknown_count as "unknownToAttribute"
    from plan_news where run = ${run.id} and target = ${target} and attribute = ${attribute}`.execute(ledger.db);
  if (kept[0] !== undefined) return kept[0];
  const { rows } = await sql<{ after: Buffer; known: boolean }>`with mine as materialized (
      select before_digest, after_digest from change
      where run = ${run.id} and target = ${target} and attribute = ${attribute})
    select a.digest as after, b.digest is not null as known
    from (select distinct after_digest as digest from mine where after_digest is not null) a
    left join (select distinct before_digest as digest from mine where before_digest is not null) b using (digest)`.execute(
    ledger.db,
  );
  const unknown = new Set(rows.filter(({ known }) => !known).map(({ after }) => after.toString('latin1')));
  for (let last: string | null = ''; last !== null && unknown.size > 0; ) {
    last = await withoutHeld(ledger, run, of, last, unknown);
  }
  const found = { distinct: rows.length, unknownToAttribute: unknown.size };
  await sql`insert into plan_news (run, target, attribute, value_count, unknown_count)
    values (${run.id}, ${target}, ${attribute}, ${found.distinct}, ${found.unknownToAttribute})
    on conflict do nothing`.execute(ledger.db);
  return found;
};

/** Removes from `unknown` what a page of accounts outside the plan holds; returns the last person of the page, null at the end. */
const withoutHeld = async (
  ledger: Ledger,
  run: Pick<Run, 'id' | 'connector'>,
  { target, attribute }: KindsOf,
  after: string,
  unknown: Set<string>,
): Promise<string | null> => {
  const { rows } = await sql<{ person: string; values: Buffer }>`select person, values_sealed as values from profile p
    where connector = ${run.connector} and target = ${target} and person > ${after} and values_sealed is not null
      and not exists (select 1 from change c where c.run = ${run.id} and c.target = p.target and c.person = p.person
        and c.attribute = ${attribute})
    order by person limit ${pageSize}`.execute(ledger.db);
  const held = new Set(
    rows.map(
      ({ person, values }) =>
        knownOf(unseal(ledger, 'values', { target, person }, values)).get(attribute)?.value ?? null,
    ),
  );
  // Many accounts hold one value: each is told apart by its digest once.
  for (const value of held)
    if (value !== null) unknown.delete(valueDigest(ledger, attribute, value).toString('latin1'));
  return rows.length < pageSize ? null : (rows.at(-1)?.person ?? null);
};
