import { sql } from 'kysely';
import { z } from 'zod';
import { withoutDepths } from '../../core/expression/present.ts';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import type { AttributePath, JsonObject, SourceId, SourceUser } from '../../core/values.ts';
import { keptJson } from '../kept-json.ts';
import type { Ledger } from '../open.ts';
import type { Run } from '../runs/runs.ts';
import { seal, unseal } from '../sealing/sealed.ts';

/** Somebody as read now, where that is not as they were read last. */
export type NewRead = {
  readonly connector: string;
  readonly person: SourceId;
  readonly text: string;
  readonly digest: Buffer;
  readonly read: ReadMoment;
};

const keptAttributes = keptJson<JsonObject>('a person as last read', z.record(z.string(), z.json()));

type RunOf = Pick<Run, 'connector' | 'version' | 'person' | 'looksFor'>;

/**
 * Whom of these people is to be remembered as read now: only those whose attributes have changed, so that a run that finds
 * nothing new writes nothing. One person counts only if asked for as everybody was; a look at an old plan never does.
 */
export const changedReads = async (
  ledger: Pick<Ledger, 'db' | 'keyring'>,
  { connector, version, person, looksFor }: RunOf,
  users: readonly SourceUser[],
  read: ReadMoment,
): Promise<readonly NewRead[]> => {
  if (users.length === 0 || looksFor !== null) return [];
  const digests = users.map((user) => ledger.keyring.digest(`last read:${textOf(user)}`));
  const { rows } = await sql<{ person: SourceId }>`select t.person
    from unnest(${users.map(({ id }) => id)}::text[], ${digests}::bytea[]) t(person, digest)
    where (${person === null} or exists (select 1 from last_read_of s
        where s.connector = ${connector} and s.version = ${version}))
      and not exists (select 1 from last_read l
        where l.connector = ${connector} and l.person = t.person and l.digest = t.digest)`.execute(ledger.db);
  const changed = new Set(rows.map((row) => row.person));
  return users.flatMap((user, at) => {
    const digest = digests[at];
    if (digest === undefined || !changed.has(user.id)) return [];
    // Made anew for the few who have changed: a page of such texts is not worth keeping until the ledger answers.
    return [{ connector, person: user.id, text: textOf(user), digest, read }];
  });
};

const textOf = (user: SourceUser): string => keptAttributes.text(withoutDepths(user.attributes));

/** Remembers people as read now, unless they have been read later already. For the transaction that stores their page. */
export const storeReads = async (ledger: Pick<Ledger, 'db' | 'keyring'>, reads: readonly NewRead[]): Promise<void> => {
  if (reads.length === 0) return;
  const sealed = ({ person, text }: NewRead): Buffer => seal(ledger, 'lastRead', { person }, text);
  // In one order, so that two runs of one person each never wait for each other.
  const ordered = [...reads].sort((a, b) => (a.person < b.person ? -1 : 1));
  await sql`insert into last_read as l (connector, person, attributes_sealed, digest, read_number)
    select * from unnest(${ordered.map(({ connector }) => connector)}::text[],
      ${ordered.map(({ person }) => person)}::text[], ${ordered.map(sealed)}::bytea[],
      ${ordered.map(({ digest }) => digest)}::bytea[], ${ordered.map(({ read }) => read.number)}::bigint[])
    on conflict (connector, person) do update set attributes_sealed = excluded.attributes_sealed,
      digest = excluded.digest, read_number = excluded.read_number
    where l.read_number <= excluded.read_number`.execute(ledger.db);
};

/** Ends a read that proves who is there: whoever is not is forgotten, and it is noted what everybody was asked for. */
export const endLastRead = async (
  ledger: Pick<Ledger, 'db'>,
  run: Pick<Run, 'id' | 'connector' | 'version' | 'readNo' | 'looksFor'>,
  selection: readonly AttributePath[],
): Promise<void> => {
  if (run.looksFor !== null) return;
  // Joined, not looked up one by one: `not in` over as many people takes the square of their number.
  await sql`with seen as materialized (
      select unnest(seen) as person from read_page where run = ${run.id} and read_no = ${run.readNo})
    delete from last_read l where l.connector = ${run.connector}
      and not exists (select 1 from seen s where s.person = l.person)`.execute(ledger.db);
  await sql`insert into last_read_of (connector, run, version, selection)
    values (${run.connector}, ${run.id}, ${run.version}, ${selection}::text[])
    on conflict (connector) do update set run = excluded.run, version = excluded.version,
      selection = excluded.selection, at = excluded.at`.execute(ledger.db);
};

/** The last read of everybody: by which run and version, when, and which attributes it asked for. */
export type LastRead = {
  readonly run: string;
  readonly version: number;
  readonly at: Date;
  readonly selection: readonly AttributePath[];
};

/** The last read of everybody of a connector; null before there was one, and when it is not kept any more. */
export const lastReadOf = async (ledger: Ledger, connector: string): Promise<LastRead | null> => {
  const { rows } = await sql<LastRead>`select run, version, at, selection from last_read_of
    where connector = ${connector}`.execute(ledger.db);
  return rows[0] ?? null;
};

/** Everybody as last read, page by page. */
export async function* lastReadPages(
  ledger: Ledger,
  connector: string,
  size: number,
): AsyncGenerator<readonly SourceUser[]> {
  for (let after = ''; ; ) {
    const { rows } = await sql<{ person: SourceId; sealed: Buffer }>`select person, attributes_sealed as sealed
      from last_read where connector = ${connector} and person > ${after} order by person limit ${size}`.execute(
      ledger.db,
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(({ person, sealed }) => ({
      id: person,
      attributes: keptAttributes.read(unseal(ledger, 'lastRead', { person }, sealed)),
    }));
    after = last.person;
  }
}
