import { sql } from 'kysely';
import type { RunProgress } from '../../core/report/progress.ts';
import type { Ledger } from '../open.ts';
import { waitingFor } from './outages.ts';
import { lastFullRun } from './reference-run.ts';

type Counts = Pick<RunProgress, 'people' | 'changes'>;

/** Counts a look has found, and until when they are given again. */
type Counted = { readonly counts: Promise<Counts>; until: number };

/**
 * At most this share of the time is spent on counting for those who watch: a run of 200,000 people has as many rows to
 * count, and must not become slower by being watched. Counts that take less than `free` milliseconds are always fresh.
 */
const share = 1 / 20;
const free = 10;

/**
 * Tells how far a run has come; null when there is no such run. Everybody who watches one is told the same counts. `now` is
 * a clock in milliseconds that only goes forward.
 */
export const openProgress = (
  ledger: Ledger,
  now: () => number = () => performance.now(),
): ((run: string) => Promise<RunProgress | null>) => {
  const running = new Map<string, Counted>();
  const countsOf = (run: string): Promise<Counts> => {
    const known = running.get(run);
    const since = now();
    if (known !== undefined && since < known.until) return known.counts;
    // Runs whose end nobody watched are not kept either.
    for (const [id, { until }] of running) if (until <= since) running.delete(id);
    const one: Counted = { counts: countOf(ledger, run), until: Number.POSITIVE_INFINITY };
    running.set(run, one);
    const done = (): void => {
      const took = now() - since;
      one.until = took < free ? since : now() + took / share;
    };
    one.counts.then(done, () => running.delete(run));
    return one.counts;
  };
  return async (run) => {
    const standing = await standingOf(ledger, run);
    if (standing === null) return null;
    if (standing.status !== 'running') running.delete(run);
    const counts = standing.status === 'running' ? countsOf(run) : countOf(ledger, run);
    return { ...standing, ...(await counts), waitingFor: await waitingFor(ledger, run) };
  };
};

const standingOf = async (
  ledger: Ledger,
  run: string,
): Promise<Omit<RunProgress, keyof Counts | 'waitingFor'> | null> => {
  type Row = Omit<RunProgress, keyof Counts | 'waitingFor' | 'users'> & { read: number; expected: number | null };
  const { rows } = await sql<Row>`select r.id as run, r.connector, r.status, r.phase,
      (extract(epoch from case when r.status = 'running' then clock_timestamp()
        else coalesce(r.finished_at, clock_timestamp()) end - r.started_at) * 1000
        - r.waited_ms)::float8 as "elapsedMs",
      r.waited_ms as "waitedMs",
      (select coalesce(sum(users), 0)::integer from read_page p where p.run = r.id and p.read_no = r.read_no) as read,
      case when r.person is not null then 1 else (
        select (report #>> '{read,users}')::integer from run where id = ${lastFullRun({ id: sql.ref('r.id'), connector: sql.ref('r.connector') })}) end as expected,
      (select coalesce(sum(login + listing + read + write), 0)::integer from run_calls k where k.run = r.id) as calls
    from run r where r.id = ${run}`.execute(ledger.db);
  const row = rows[0];
  if (row === undefined) return null;
  const { read, expected, ...rest } = row;
  return { ...rest, users: { read, expected } };
};

const countOf = async (ledger: Ledger, run: string): Promise<Counts> => {
  type Row = { toPlan: number; planned: number; changes: number; decided: number };
  const { rows } = await sql<Row>`select s.*, c.* from (
      select count(*)::integer as "toPlan", count(*) filter (where state not in ('staged', 'matched'))::integer as planned
      from staged_user where run = ${run}) s
    cross join (
      select count(*)::integer as changes, count(*) filter (where status not in ('planned', 'begun'))::integer as decided
      from change where run = ${run}) c`.execute(ledger.db);
  const { toPlan, planned, changes, decided } = rows[0] ?? { toPlan: 0, planned: 0, changes: 0, decided: 0 };
  return { people: { toPlan, planned }, changes: { planned: changes, decided } };
};
