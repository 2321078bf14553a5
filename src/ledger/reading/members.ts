import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { seal, unseal } from '../sealing/sealed.ts';
import { inTransaction } from '../transaction.ts';

/** How far the reading of a group's members is in a run: null before its first page. */
export const lastMemberPage = async (
  ledger: Ledger,
  run: string,
  group: string,
): Promise<{ readonly pageNo: number; readonly cursor: string | null } | null> => {
  const { rows } = await sql<{ pageNo: number; next: Buffer | null }>`select page_no as "pageNo", next_sealed as next
    from member_page where run = ${run} and group_name = ${group} order by page_no desc limit 1`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) return null;
  const { pageNo, next } = row;
  return { pageNo, cursor: unseal(ledger, 'nextMembers', { run, group, pageNo }, next) };
};

/** Stores one page of a group's members. */
export const storeMemberPage = async (
  ledger: Ledger,
  run: string,
  group: string,
  page: { readonly pageNo: number; readonly next: string | null; readonly ids: readonly SourceId[] },
): Promise<void> => {
  await inTransaction(ledger, async (trx) => {
    await sql`insert into member_page (run, group_name, page_no, next_sealed) values (${run}, ${group}, ${page.pageNo},
      ${seal(ledger, 'nextMembers', { run, group, pageNo: page.pageNo }, page.next)})`.execute(trx);
    await sql`insert into run_member (run, person, group_name)
      select ${run}, id, ${group} from unnest(${page.ids}::text[]) id on conflict do nothing`.execute(trx);
  });
};

/** Forgets the members of a group that a run has read so far: the provider no longer knew the place. */
export const forgetMembers = async (ledger: Ledger, run: string, group: string): Promise<void> => {
  await inTransaction(ledger, async (trx) => {
    await sql`delete from member_page where run = ${run} and group_name = ${group}`.execute(trx);
    await sql`delete from run_member where run = ${run} and group_name = ${group}`.execute(trx);
  });
};

/** The groups these people are in, as the run has read them. */
export const groupsOfUsers = async (
  ledger: Ledger,
  run: string,
  ids: readonly SourceId[],
): Promise<ReadonlyMap<SourceId, readonly string[]>> => {
  const { rows } = await sql<{ id: string; names: string[] }>`select person as id,
      array_agg(group_name order by group_name) as names from run_member
    where run = ${run} and person = any(${ids}::text[]) group by person`.execute(ledger.db);
  return new Map(rows.map(({ id, names }) => [id, names]));
};

/** Who joined or left a group since the last run of the connector that was carried out. */
export const movedMembers = async (ledger: Ledger, run: string, connector: string): Promise<readonly SourceId[]> => {
  const { rows } = await sql<{ id: string }>`select distinct id from (
      (select person as id, group_name from run_member where run = ${run}
        except select person, group_name from membership where connector = ${connector})
      union all
      (select person, group_name from membership where connector = ${connector}
        except select person, group_name from run_member where run = ${run})) moved order by id`.execute(ledger.db);
  return rows.map(({ id }) => id);
};

/** Remembers the members as this run has read them, for the increments to come. */
export const keepMembers = async (ledger: Pick<Ledger, 'db'>, run: string, connector: string): Promise<void> => {
  await sql`delete from membership m where connector = ${connector} and not exists (select 1 from run_member r
    where r.run = ${run} and r.person = m.person and r.group_name = m.group_name)`.execute(ledger.db);
  await sql`insert into membership (connector, person, group_name)
    select ${connector}, person, group_name from run_member where run = ${run} on conflict do nothing`.execute(
    ledger.db,
  );
};
