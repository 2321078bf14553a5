import { sql } from 'kysely';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import type { PageLink, ReadProof } from '../../core/people/read-proof.ts';
import type { Coverage } from '../../core/report/coverage.ts';
import type { SourceId } from '../../core/values.ts';
import { type NewLabel, storeLabels } from '../links/labels.ts';
import type { Ledger } from '../open.ts';
import { insertStagedUsers, type NewStagedUser } from '../plan/staging.ts';
import type { NewOutcome } from '../runs/outcomes.ts';
import { insertOutcomes } from '../runs/outcomes.ts';
import { seal, unseal } from '../sealing/sealed.ts';
import { inTransaction } from '../transaction.ts';
import { insertKept, type NewKept } from './kept.ts';
import { type NewRead, storeReads } from './last-read.ts';
import { bystanding, type NewPerson, rememberManagers, storePeople } from './people.ts';
import { keptUnchanged, takeBack } from './take-back.ts';

/** The last page of a run's present read. `cursor` is where the next page is read; null at the provider's end. */
export type LastPage = {
  readonly pageNo: number;
  readonly cursor: string | null;
  readonly ended: boolean;
};

/** The result of mapping the people of a page: who was unchanged, who is staged, who has already ended. */
export type MappedPeople = {
  readonly unchanged: Readonly<Record<string, number>>;
  readonly staged: readonly NewStagedUser[];
  readonly outcomes: readonly NewOutcome[];
  /** What rows could not write unchanged. */
  readonly kept: readonly NewKept[];
  /** What those are called who are staged or ended already. */
  readonly labels: readonly NewLabel[];
  /** How far the attributes of each target are filled; people on an earlier page are counted there. */
  readonly coverage: Coverage;
  /** Those who are not as they were last read. */
  readonly reads: readonly NewRead[];
};

/** The people of a page: mapped, or kept until everybody is read. */
export type TakenPeople =
  | ({ readonly mapped: true } & MappedPeople)
  | { readonly mapped: false; readonly people: readonly NewPerson[]; readonly bystanders: readonly NewPerson[] };

/** A page as it is remembered: who was seen and how it ended. */
export type ReadPage = {
  readonly readNo: number;
  readonly pageNo: number;
  readonly place: string | null;
  readonly next: string | null;
  readonly watermark: string | null;
  readonly ended: boolean;
  readonly seen: readonly SourceId[];
  /** Those of an earlier page of the same read whom this one names again, or reports as removed. */
  readonly again: readonly SourceId[];
  readonly read: ReadMoment;
  readonly taken: TakenPeople;
};

/** The last page of the run's present read, or null before its first. */
export const lastPage = async (ledger: Ledger, run: string, readNo: number): Promise<LastPage | null> => {
  const { rows } = await sql<{ pageNo: number; next: Buffer | null; ended: boolean }>`
    select page_no as "pageNo", next_sealed as next, ended from read_page
    where run = ${run} and read_no = ${readNo} order by page_no desc limit 1`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) return null;
  const { pageNo, ended, next } = row;
  return { pageNo, ended, cursor: unseal(ledger, 'next', { run, readNo, pageNo }, next) };
};

/** Everybody seen so far in the run's present read. */
export const seenUsers = async (ledger: Ledger, run: string, readNo: number): Promise<Set<SourceId>> => {
  const { rows } = await sql<{ id: string }>`select unnest(seen) as id from read_page
    where run = ${run} and read_no = ${readNo}`.execute(ledger.db);
  return new Set(rows.map((row) => row.id));
};

/** Stores a page with all it led to in one transaction, so that a kill leaves either all of it or nothing. */
export const storePage = async (ledger: Ledger, run: string, page: ReadPage): Promise<void> => {
  const { taken } = page;
  const at = { run, readNo: page.readNo, pageNo: page.pageNo };
  await inTransaction(ledger, async (trx) => {
    await takeBack({ db: trx }, run, page.readNo, page.again);
    await sql`insert into read_page (run, read_no, page_no, place_sealed, next_sealed, watermark_sealed, ended, users,
        seen, unchanged, coverage, read_at, read_number, mapped)
      values (${run}, ${page.readNo}, ${page.pageNo}, ${seal(ledger, 'place', at, page.place)},
        ${seal(ledger, 'next', at, page.next)}, ${seal(ledger, 'reached', at, page.watermark)},
        ${page.ended}, ${page.seen.length}, ${page.seen}, ${keptUnchanged.text(taken.mapped ? taken.unchanged : {})}::jsonb,
        ${JSON.stringify(taken.mapped ? taken.coverage : {})}::jsonb, ${page.read.at}, ${page.read.number}, ${taken.mapped})`.execute(
      trx,
    );
    const within = { ...ledger, db: trx };
    if (taken.mapped) await insertMapped(within, run, taken);
    else {
      await storePeople(within, run, page.pageNo, taken.people);
      await storePeople(within, run, bystanding, taken.bystanders);
    }
  });
};

/** Stores the result of mapping the kept people of a page. */
export const storeMapped = async (
  ledger: Ledger,
  run: { id: string; connector: string; readNo: number },
  pageNo: number,
  mapped: MappedPeople,
): Promise<void> => {
  await inTransaction(ledger, async (trx) => {
    const inTransaction = { ...ledger, db: trx };
    await sql`update read_page set mapped = true, unchanged = ${keptUnchanged.text(mapped.unchanged)}::jsonb,
        coverage = ${JSON.stringify(mapped.coverage)}::jsonb
      where run = ${run.id} and read_no = ${run.readNo} and page_no = ${pageNo}`.execute(trx);
    await insertMapped(inTransaction, run.id, mapped);
    await rememberManagers(inTransaction, run, pageNo);
  });
};

const insertMapped = async (
  ledger: Ledger,
  run: string,
  { staged, outcomes, kept, labels, reads }: MappedPeople,
): Promise<void> => {
  await insertStagedUsers(ledger, run, staged);
  await insertOutcomes(ledger, run, outcomes);
  await insertKept(ledger, run, kept);
  await storeLabels(ledger, run, labels);
  await storeReads(ledger, reads);
};

/** The chain of the pages of a run's present read, in their order; empty where one of them is missing. */
export const pageChain = async (ledger: Ledger, run: string, readNo: number): Promise<readonly PageLink[]> => {
  const { rows } = await sql<{ pageNo: number; place: Buffer | null; next: Buffer | null }>`select
      page_no as "pageNo", place_sealed as place, next_sealed as next from read_page
    where run = ${run} and read_no = ${readNo} order by page_no`.execute(ledger.db);
  if (rows.some(({ pageNo }, index) => pageNo !== index)) return [];
  return rows.map(({ pageNo, place, next }) => {
    const at = { run, readNo, pageNo };
    return { place: unseal(ledger, 'place', at, place), next: unseal(ledger, 'next', at, next) };
  });
};

/** Marks the last page of a read as its end, and what the read proves. */
export const endRead = async (ledger: Ledger, run: string, readNo: number, proof: ReadProof): Promise<void> => {
  await inTransaction(ledger, async (trx) => {
    await sql`update run set read_proof = ${proof} where id = ${run}`.execute(trx);
    await sql`update read_page set ended = true where run = ${run} and read_no = ${readNo} and page_no = (
      select max(page_no) from read_page where run = ${run} and read_no = ${readNo})`.execute(trx);
  });
};

/** What the read of a run proves; null while it is in progress. */
export const readProof = async (ledger: Ledger, run: string): Promise<ReadProof | null> => {
  const { rows } = await sql<{
    proof: ReadProof | null;
  }>`select read_proof as proof from run where id = ${run}`.execute(ledger.db);
  return rows[0]?.proof ?? null;
};

/** Forgets an unfinished read and begins the next: the provider no longer knew the place. Returns the new number. */
export const restartRead = async (ledger: Ledger, run: string, readNo: number): Promise<number> =>
  inTransaction(ledger, async (trx) => {
    for (const table of ['staged_user', 'staged_key', 'outcome', 'kept_value', 'run_person', 'run_name']) {
      await sql`delete from ${sql.table(table)} where run = ${run}`.execute(trx);
    }
    const { rows } = await sql<{ readNo: number }>`update run set read_no = ${readNo + 1} where id = ${run}
      returning read_no as "readNo"`.execute(trx);
    return rows[0]?.readNo ?? readNo + 1;
  });

/** The next read of a source, to be taken before it is asked. */
export const nextRead = async (ledger: Ledger): Promise<ReadMoment> => {
  const { rows } =
    await sql<ReadMoment>`select nextval('read_number')::float8 as number, clock_timestamp() as at`.execute(ledger.db);
  const read = rows[0];
  if (read === undefined) throw new Error('the database answered without a row');
  return read;
};
