import { sql } from 'kysely';
import type { RunStatus } from '../../core/report/report.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { listedRun, type Run, type RunRow, runColumns } from './runs.ts';

/** Which runs are listed; null takes all. `until` is the first moment after the last one. */
export type RunFilter = {
  readonly connector: string | null;
  /** Empty for runs of every status. */
  readonly status: readonly RunStatus[];
  readonly kind: 'everybody' | 'person' | null;
  readonly person: SourceId | null;
  readonly since: Date | null;
  readonly until: Date | null;
};

/** The newest runs of a filter, newest first, after the run `after`. */
export const pageOfRuns = async (
  ledger: Ledger,
  filter: RunFilter,
  page: { readonly after: string | null; readonly limit: number },
): Promise<Run[]> => {
  const { rows } = await sql<RunRow>`select ${runColumns} from run
    where looks_for is null and (${filter.connector}::text is null or connector = ${filter.connector})
      and (cardinality(${filter.status}::text[]) = 0 or status = any(${filter.status}::text[]))
      and (${filter.kind}::text is null or (person is not null) = (${filter.kind}::text = 'person'))
      and (${filter.person}::text is null or person = ${filter.person})
      and (${filter.since}::timestamptz is null or started_at >= ${filter.since})
      and (${filter.until}::timestamptz is null or started_at < ${filter.until})
      and (${page.after}::text is null
        or (started_at, id) < (select a.started_at, a.id from run a where a.id = ${page.after}))
    order by started_at desc, id desc limit ${page.limit}`.execute(ledger.db);
  return rows.map(listedRun);
};

/** The newest runs of everybody of each connector, newest first, at most so many of each; none that tried some again. */
export const lastRunsOfEach = async (ledger: Ledger, most: number): Promise<ReadonlyMap<string, readonly Run[]>> => {
  const { rows } = await sql<RunRow>`select ${runColumns} from (
      select e.*, row_number() over (partition by connector order by started_at desc) as place
      from run e where person is null and looks_for is null and retry_of is null) run
    where place <= ${most} order by started_at desc`.execute(ledger.db);
  const found = new Map<string, Run[]>();
  for (const run of rows.map(listedRun)) found.set(run.connector, [...(found.get(run.connector) ?? []), run]);
  return found;
};
