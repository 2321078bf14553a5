import { sql } from 'kysely';
import type { AttributeId } from '../../core/profile.ts';
import type { SourceId } from '../../core/values.ts';
import { openAccount } from '../links/accounts.ts';
import { labelsOf } from '../links/labels.ts';
import type { Ledger } from '../open.ts';
import type { Run } from '../runs/runs.ts';
import { unseal } from '../sealing/sealed.ts';

/** How many people's names are looked at at once. */
const pageSize = 1_000;

/**
 * Marks whom a plan is written for first and says how many those are; null where nobody goes first: the plan has no more
 * people than that, none of those named, or was written for some already.
 */
export const markFirst = async (
  ledger: Ledger,
  run: Run,
  first: number | readonly string[],
): Promise<number | null> => {
  const { rows: begun } =
    await sql`select 1 from change where run = ${run.id} and status in ('applied', 'already', 'begun')
    limit 1`.execute(ledger.db);
  if (begun.length > 0) return null;
  const chosen = typeof first === 'number' ? await someOf(ledger, run.id, first) : await namedOf(ledger, run, first);
  const { rows } = await sql<{ all: number }>`select count(distinct person)::integer as all from change
    where run = ${run.id} and status = 'planned'`.execute(ledger.db);
  if (chosen.length === 0 || chosen.length >= (rows[0]?.all ?? 0)) return null;
  await sql`update staged_user set goes_first = person = any(${chosen}::text[]) where run = ${run.id}`.execute(
    ledger.db,
  );
  return chosen.length;
};

/** Some people of a plan, spread over it as chance has it, the same at every asking. */
const someOf = async (ledger: Ledger, run: string, count: number): Promise<readonly SourceId[]> => {
  const { rows } = await sql<{ person: SourceId }>`select person from change where run = ${run} and status = 'planned'
    group by person order by md5(person), person limit ${count}`.execute(ledger.db);
  return rows.map(({ person }) => person);
};

const namedOf = async (ledger: Ledger, run: Run, names: readonly string[]): Promise<readonly SourceId[]> => {
  const wanted = new Set(names.map((name) => name.trim().toLowerCase()));
  const found: SourceId[] = [];
  for (let last: string | null = ''; last !== null && found.length < wanted.size; ) {
    const { rows } = await sql<{ person: SourceId }>`select distinct person from change
      where run = ${run.id} and status = 'planned' and person > ${last} order by person limit ${pageSize}`.execute(
      ledger.db,
    );
    const people = rows.map(({ person }) => person);
    const labels = await labelsOf(ledger, run.connector, people);
    found.push(
      ...people.filter((person) =>
        [person, labels.get(person)?.login, labels.get(person)?.mail].some((name) =>
          wanted.has(name?.toLowerCase() ?? ''),
        ),
      ),
    );
    last = people.length < pageSize ? null : (people.at(-1) ?? null);
  }
  return found;
};

/** Somebody a plan was written for first: the account, and what it is to hold. */
export type WrittenFirst = {
  readonly person: SourceId;
  readonly account: string;
  readonly values: ReadonlyMap<AttributeId, string | null>;
};

/** What was written at a target for those who go first. */
export const writtenFirst = async (ledger: Ledger, run: string, target: string): Promise<readonly WrittenFirst[]> => {
  type Row = { person: SourceId; sealed: Buffer; digest: Buffer; attribute: AttributeId; after: Buffer | null };
  const { rows } = await sql<Row>`select s.person, s.account_sealed as sealed, s.account_digest as digest, c.attribute,
      c.after_sealed as after
    from staged_user s join change c on c.run = s.run and c.target = s.target and c.pos = s.pos
    where s.run = ${run} and s.target = ${target} and s.goes_first and c.status in ('applied', 'already')
    order by s.pos, c.attribute`.execute(ledger.db);
  const people = new Map<SourceId, WrittenFirst & { values: Map<AttributeId, string | null> }>();
  for (const { person, sealed, digest, attribute, after } of rows) {
    const one = people.get(person) ?? {
      person,
      account: openAccount(ledger, target, { digest, sealed }),
      values: new Map<AttributeId, string | null>(),
    };
    one.values.set(attribute, unseal(ledger, 'after', { run, target, person, attribute }, after));
    people.set(person, one);
  }
  return [...people.values()];
};

/** How many of those who go first did not get what was planned for them, because it was refused or a step failed. */
export const refusedFirst = async (ledger: Ledger, run: string): Promise<number> => {
  const { rows } = await sql<{ people: number }>`select count(distinct s.person)::integer as people
    from staged_user s join change c on c.run = s.run and c.target = s.target and c.pos = s.pos
    where s.run = ${run} and s.goes_first and c.status in ('rejected', 'planned', 'begun')`.execute(ledger.db);
  return rows[0]?.people ?? 0;
};

/** Notes with a run what became of those who went first. */
export const noteFirst = async (ledger: Ledger, run: string, note: string): Promise<void> => {
  await sql`update run set note = ${note} where id = ${run}`.execute(ledger.db);
};
