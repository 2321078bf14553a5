import { sql } from 'kysely';
import { z } from 'zod';
import type { SourceId } from '../../core/values.ts';
import { keptJson } from '../kept-json.ts';
import type { Ledger } from '../open.ts';

/** How many people of a page were unchanged, by target. */
type Unchanged = Readonly<Record<string, number>>;

/** How a page keeps its unchanged people. */
export const keptUnchanged = keptJson<Unchanged>('the unchanged people of a page', z.record(z.string(), z.number()));

type Page = { readonly pageNo: number; readonly seen: readonly SourceId[]; readonly unchanged: Unchanged };

/**
 * Removes the results of earlier pages of a read for people whom a later page names again or reports as removed: the
 * last sighting counts, and each person counts once. To be called in the transaction that stores the later page.
 */
export const takeBack = async (
  ledger: Pick<Ledger, 'db'>,
  run: string,
  readNo: number,
  people: readonly SourceId[],
): Promise<void> => {
  if (people.length === 0) return;
  const decided = await decidedAt(ledger, run, people);
  const { rows } = await sql<
    Omit<Page, 'unchanged'> & { unchanged: unknown }
  >`select page_no as "pageNo", seen, case when mapped then unchanged else '{}' end
      as unchanged from read_page
    where run = ${run} and read_no = ${readNo} and seen && ${people}::text[]`.execute(ledger.db);
  const again = new Set(people);
  for (const page of rows) {
    const seen = page.seen.filter((id) => !again.has(id));
    const unchanged = withoutUnchanged(
      { ...page, unchanged: keptUnchanged.of(page.unchanged) },
      page.seen.filter((id) => again.has(id)),
      decided,
    );
    await sql`update read_page set seen = ${seen}::text[], users = ${seen.length},
        unchanged = ${keptUnchanged.text(unchanged)}::jsonb
      where run = ${run} and read_no = ${readNo} and page_no = ${page.pageNo}`.execute(ledger.db);
  }
  await sql`delete from staged_key k using staged_user s where s.run = ${run} and s.person = any(${people}::text[])
    and k.run = s.run and k.target = s.target and k.pos = s.pos`.execute(ledger.db);
  for (const table of ['staged_user', 'outcome', 'kept_value', 'run_person', 'run_name']) {
    await sql`delete from ${sql.table(table)} where run = ${run} and person = any(${people}::text[])`.execute(
      ledger.db,
    );
  }
};

/** At which targets each of these people was staged or had an end already; everywhere else they were unchanged. */
const decidedAt = async (
  ledger: Pick<Ledger, 'db'>,
  run: string,
  people: readonly SourceId[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await sql<{ person: string; target: string }>`
    select person, target from staged_user where run = ${run} and person = any(${people}::text[])
    union all select person, target from outcome where run = ${run} and person = any(${people}::text[])`.execute(
    ledger.db,
  );
  return new Set(rows.map(({ person, target }) => key(target, person)));
};

const key = (target: string, person: SourceId): string => JSON.stringify([target, person]);

const withoutUnchanged = ({ unchanged }: Page, taken: readonly SourceId[], decided: ReadonlySet<string>): Unchanged =>
  Object.fromEntries(
    Object.entries(unchanged).map(([target, count]) => [
      target,
      count - taken.filter((person) => !decided.has(key(target, person))).length,
    ]),
  );
