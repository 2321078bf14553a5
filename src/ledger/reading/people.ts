import { sql } from 'kysely';
import { z } from 'zod';
import { withoutDepths } from '../../core/expression/present.ts';
import { foldKey } from '../../core/people/match.ts';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import type { JsonObject, SourceId, SourceUser } from '../../core/values.ts';
import { keptJson } from '../kept-json.ts';
import type { Ledger } from '../open.ts';
import { seal, unseal } from '../sealing/sealed.ts';

/** A person kept until everybody is read: whom they name as manager, and by what others may name them. */
export type NewPerson = {
  readonly user: SourceUser;
  readonly manager: string | null;
  readonly names: readonly string[];
};

/** The attributes of a kept person: whatever the directory gave, under names. */
const keptAttributes = keptJson<JsonObject>('the attributes of a person', z.record(z.string(), z.json()));

/** The page of people who take no part: nothing is mapped for them, and somebody may name them as manager. */
export const bystanding = -1;

/** Keeps the people of one page. Anyone who takes part by now is no longer a bystander. */
export const storePeople = async (
  ledger: Pick<Ledger, 'db' | 'keyring'>,
  run: string,
  pageNo: number,
  people: readonly NewPerson[],
): Promise<void> => {
  if (people.length === 0) return;
  await sql`insert into run_person (run, person, page_no, attributes_sealed, manager_digest, manager_sealed)
    select ${run}, t.id, ${pageNo}, t.attributes, t.manager, t.manager_text
    from unnest(${people.map(({ user }) => user.id)}::text[],
      ${people.map(({ user }) => seal(ledger, 'attributes', { run, person: user.id }, keptAttributes.text(withoutDepths(user.attributes))))}::bytea[],
      ${people.map(({ manager }) => (manager === null ? null : nameDigest(ledger, manager)))}::bytea[],
      ${people.map(({ user, manager }) => seal(ledger, 'manager', { run, person: user.id }, manager))}::bytea[])
      t(id, attributes, manager, manager_text)
    on conflict (run, person) do update set page_no = excluded.page_no, attributes_sealed = excluded.attributes_sealed,
      manager_digest = excluded.manager_digest, manager_sealed = excluded.manager_sealed
    where run_person.page_no = ${bystanding}`.execute(ledger.db);
  const names = people.flatMap(({ user, names: all }) => all.map((name) => ({ id: user.id, name })));
  await sql`insert into run_name (run, name_digest, person)
    select ${run}, t.* from unnest(${names.map(({ name }) => nameDigest(ledger, name))}::bytea[],
      ${names.map(({ id }) => id)}::text[]) t on conflict do nothing`.execute(ledger.db);
};

const nameDigest = (ledger: Pick<Ledger, 'keyring'>, name: string): Buffer =>
  ledger.keyring.digest(`manager name:${foldKey(name)}`);

/** A kept person with the manager as found among the people of the run. */
export type KeptPerson = {
  readonly user: SourceUser;
  /** The manager's attributes; null where nobody of the run, or more than one, has the name. */
  readonly manager: JsonObject | null;
  /** The name of a manager who is not among the people of the run. */
  readonly missing: string | null;
};

/** The first page of a read whose people are not mapped yet; null when all are. */
export const nextUnmappedPage = async (
  ledger: Ledger,
  run: { id: string; readNo: number },
): Promise<{ readonly pageNo: number; readonly read: ReadMoment } | null> => {
  const { rows } = await sql<ReadMoment & { pageNo: number }>`select page_no as "pageNo", read_at as at,
      read_number::float8 as number from read_page where run = ${run.id} and read_no = ${run.readNo} and not mapped
    order by page_no limit 1`.execute(ledger.db);
  const row = rows[0];
  return row === undefined ? null : { pageNo: row.pageNo, read: { number: row.number, at: row.at } };
};

/**
 * The kept people of one page, each with the manager found: among those who take part first, for somebody who came back
 * has the name of the account they left.
 */
export const peopleOfPage = async (ledger: Ledger, run: string, pageNo: number): Promise<readonly KeptPerson[]> => {
  type Row = {
    id: string;
    own: Buffer;
    named: Buffer | null;
    managerId: string | null;
    manager: Buffer | null;
    found: number;
  };
  const { rows } = await sql<Row>`select p.person as id, p.attributes_sealed as own, p.manager_sealed as named,
      m.person as "managerId", m.attributes_sealed as manager, coalesce(n.found, 0) as found
    from run_person p
    left join lateral (select min(m.person) as id, count(*)::integer as found
      from run_name m join run_person q on q.run = m.run and q.person = m.person
      where m.run = p.run and m.name_digest = p.manager_digest
      group by q.page_no < 0 order by q.page_no < 0 limit 1) n on true
    left join run_person m on m.run = p.run and m.person = n.id and n.found = 1
    where p.run = ${run} and p.page_no = ${pageNo} order by p.person`.execute(ledger.db);
  const attributesOf = (person: SourceId, sealed: Buffer): JsonObject =>
    keptAttributes.read(unseal(ledger, 'attributes', { run, person }, sealed));
  return rows.map(({ id, own, named, managerId, manager, found }) => ({
    user: { id, attributes: attributesOf(id, own) },
    manager: managerId === null || manager === null ? null : attributesOf(managerId, manager),
    missing: found > 0 ? null : unseal(ledger, 'manager', { run, person: id }, named),
  }));
};

/** Remembers whom the people of a page name as manager. */
export const rememberManagers = async (
  ledger: Pick<Ledger, 'db'>,
  run: { id: string; connector: string },
  pageNo: number,
): Promise<void> => {
  await sql`delete from managed where connector = ${run.connector} and person in (
    select person from run_person where run = ${run.id} and page_no = ${pageNo})`.execute(ledger.db);
  await sql`insert into managed (connector, person, manager_digest)
    select ${run.connector}, person, manager_digest from run_person
    where run = ${run.id} and page_no = ${pageNo} and manager_digest is not null`.execute(ledger.db);
};

/** The people who, when last seen, named somebody as manager whom this run has read. */
export const dependents = async (
  ledger: Ledger,
  run: { id: string; connector: string },
): Promise<readonly SourceId[]> => {
  const { rows } = await sql<{ id: string }>`select distinct m.person as id from managed m
    join run_name n on n.run = ${run.id} and n.name_digest = m.manager_digest
    where m.connector = ${run.connector} order by id`.execute(ledger.db);
  return rows.map(({ id }) => id);
};
