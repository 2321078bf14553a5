import { sql } from 'kysely';
import { longestWindowDays, stagingHours, standardRetentionDays } from '../core/retention.ts';
import { removeOldLooks } from './links/looked-for.ts';
import { isMeasure, isNeeded, overSince, policies } from './needed-runs.ts';
import type { Ledger } from './open.ts';
import { workingTables } from './plan/staging.ts';
import { packOutcomes } from './runs/pack-outcomes.ts';

/** What was removed: rows by table. `more` is true when there was no time for all of it. */
export type Pruned = { readonly removed: Readonly<Record<string, number>>; readonly more: boolean };

/** How many rows one statement removes at most: nobody waits for the ledger meanwhile. */
const rowsAtOnce = 2_000;

/**
 * Removes data past its retention, in small statements, until all of it is gone or `isTimeUp`, but never without having
 * removed something: calling it again for the rest ends whatever the clock does. It removes the people that runs staged
 * a day after their end, and packs how people ended there; it removes runs with all they did after their connector's
 * `retention`. Links, digests, known values
 * and whatever a later run is measured by stay, however old they are.
 */
export const pruneLedger = async (ledger: Ledger, isTimeUp: () => boolean): Promise<Pruned> => {
  const removed: Record<string, number> = {};
  let hasGotOn = false;
  const isOver = (): boolean => (hasGotOn || Object.keys(removed).length > 0) && isTimeUp();
  const remove = removerOf(ledger, removed, isOver);
  for (const next of [nextPast, nextStaged, nextSeen]) {
    for (let found = await next(ledger); found !== null; found = await next(ledger)) {
      if (isOver() || !(await found.removeWith(remove, isOver))) return { removed, more: true };
      hasGotOn = true;
    }
  }
  if (!(await removeLastReads(ledger, isOver, removed))) return { removed, more: true };
  await removeUnnamed(ledger, removed);
  const looks = await removeOldLooks(ledger);
  if (looks > 0) removed.looked_for = looks;
  return { removed, more: false };
};

type Remove = (table: string, run: string) => Promise<boolean>;

/** Removes the rows of a run in a table; says whether all of them are gone. */
const removerOf =
  (ledger: Ledger, removed: Record<string, number>, isOver: () => boolean): Remove =>
  async (table, run) => {
    for (;;) {
      if (isOver()) return false;
      const { rows } = await sql<{ count: number }>`with gone as (
          delete from ${sql.table(table)} where ctid = any(array(
            select ctid from ${sql.table(table)} where run = ${run} limit ${rowsAtOnce})) returning 1)
        select count(*)::integer as count from gone`.execute(ledger.db);
      const count = rows[0]?.count ?? 0;
      if (count > 0) removed[table] = (removed[table] ?? 0) + count;
      if (count < rowsAtOnce) return true;
    }
  };

type Found = { readonly removeWith: (remove: Remove, isOver: () => boolean) => Promise<boolean> };

const everyTable = async (remove: Remove, tables: readonly string[], run: string): Promise<boolean> => {
  for (const table of tables) if (!(await remove(table, run))) return false;
  return true;
};

/** The oldest run whose staging has been kept for its time; null when there is none. */
const nextStaged = async (ledger: Ledger): Promise<Found | null> => {
  const { rows } = await sql<{ id: string }>`select r.id from run r join ${policies} p on p.connector = r.connector
    where r.staging_pruned_at is null and ${overSince} < now() - make_interval(hours => ${stagingHours})
      and not ${isNeeded} order by r.started_at limit 1`.execute(ledger.db);
  const id = rows[0]?.id;
  if (id === undefined) return null;
  return {
    removeWith: async (remove, isOver) => {
      if (!(await everyTable(remove, ['staged_user', ...workingTables], id))) return false;
      for (let packed = rowsAtOnce; packed === rowsAtOnce; packed = await packOutcomes(ledger, id, rowsAtOnce)) {
        if (isOver()) return false;
      }
      await sql`update run set staging_pruned_at = now() where id = ${id}`.execute(ledger.db);
      return true;
    },
  };
};

/**
 * The oldest run of which it is kept who stood on each of its pages, though nobody asks any more: of a run that everybody
 * was read by and that was carried out, the window of the guard does.
 */
const nextSeen = async (ledger: Ledger): Promise<Found | null> => {
  const { rows } = await sql<{ id: string }>`select r.id from run r join ${policies} p on p.connector = r.connector
    where ${overSince} < now() - make_interval(hours => ${stagingHours}) and not ${isNeeded}
      and (${overSince} < now() - make_interval(days => ${longestWindowDays}) or not ${isMeasure})
      and exists (select 1 from read_page g where g.run = r.id and g.seen <> '{}')
    order by r.started_at limit 1`.execute(ledger.db);
  const id = rows[0]?.id;
  if (id === undefined) return null;
  return {
    removeWith: async () => {
      await sql`update read_page set seen = '{}' where run = ${id} and seen <> '{}'`.execute(ledger.db);
      return true;
    },
  };
};

/** The oldest run that has been kept for its time; null when there is none. */
const nextPast = async (ledger: Ledger): Promise<Found | null> => {
  const { rows } = await sql<{ id: string }>`select r.id from run r join ${policies} p on p.connector = r.connector
    where ${overSince} < now() - p.keep and not ${isNeeded} order by r.started_at limit 1`.execute(ledger.db);
  const id = rows[0]?.id;
  if (id === undefined) return null;
  return {
    removeWith: async (remove) => {
      await hideRun(ledger, id);
      const tables = [
        'staged_user',
        ...workingTables,
        'change',
        'outcome',
        'packed_outcome',
        'kept_value',
        'read_page',
      ];
      return (await everyTable(remove, tables, id)) && (await remove('run_calls', id)) && removeRun(ledger, remove, id);
    },
  };
};

/** From now on nobody finds the run: half of its changes would be taken for all. Says in its connector that some are gone. */
const hideRun = async (ledger: Ledger, run: string): Promise<void> => {
  await sql`with hidden as (
      update run r set removed_at = coalesce(removed_at, now()) where id = ${run}
      returning connector, ${overSince} as over_since)
    update connector c set forgotten_before = greatest(c.forgotten_before, h.over_since) from hidden h
    where c.id = h.connector and exists (select 1 from change where run = ${run})`.execute(ledger.db);
};

const removeRun = async (ledger: Ledger, remove: Remove, run: string): Promise<boolean> => {
  if (!(await remove('decision', run))) return false;
  await sql`delete from run where id = ${run}`.execute(ledger.db);
  return true;
};

/**
 * Everybody as last read is kept as long as runs are, counted from the read: of a connector that is not run any more, or
 * taken out of use, it tells nothing. Says whether all of it is gone.
 */
const removeLastReads = async (
  ledger: Ledger,
  isTimeUp: () => boolean,
  removed: Record<string, number>,
): Promise<boolean> => {
  for (;;) {
    const { rows } = await sql<{ connector: string }>`select s.connector from last_read_of s
      join connector c on c.id = s.connector left join ${policies} p on p.connector = s.connector
      where c.retired_at is not null or s.at < now() - coalesce(p.keep, make_interval(days => ${standardRetentionDays}))
      limit 1`.execute(ledger.db);
    const connector = rows[0]?.connector;
    if (connector === undefined) return true;
    for (let left = true; left; ) {
      if (isTimeUp()) return false;
      const { numAffectedRows = 0n } =
        await sql`delete from last_read where connector = ${connector} and person = any(array(
        select person from last_read where connector = ${connector} limit ${rowsAtOnce}))`.execute(ledger.db);
      const count = Number(numAffectedRows);
      if (count > 0) removed.last_read = (removed.last_read ?? 0) + count;
      left = count === rowsAtOnce;
    }
    await sql`delete from last_read_of where connector = ${connector}`.execute(ledger.db);
  }
};

/** Labels name people in reports; no report refers to these any more. */
const removeUnnamed = async (ledger: Ledger, removed: Record<string, number>): Promise<void> => {
  const { rows } = await sql<{ count: number }>`with gone as (
      delete from label l where not exists (
          select 1 from profile p where p.connector = l.connector and p.person = l.person)
        and not exists (select 1 from (
          select r.connector, o.person from every_outcome o join run r on r.id = o.run
          union all select r.connector, h.person from change h join run r on r.id = h.run
          union all select r.connector, s.person from staged_user s join run r on r.id = s.run) t
          where t.connector = l.connector and t.person = l.person)
      returning 1)
    select count(*)::integer as count from gone`.execute(ledger.db);
  const count = rows[0]?.count ?? 0;
  if (count > 0) removed.label = count;
};
