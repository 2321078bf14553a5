import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { unseal } from '../sealing/sealed.ts';

/** A change of one person with the run that planned or made it. */
export type PersonChange = {
  readonly run: string;
  readonly version: number;
  readonly startedBy: string;
  readonly at: Date;
  readonly target: string;
  readonly attribute: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly foreign: boolean;
  readonly status: string;
  readonly reason: string | null;
};

/**
 * What runs have changed, or would change, for one person, the newest run first, after the run `after`: all changes of
 * at most `runs` runs, and the last run looked at where there may be more.
 */
export const personHistory = async (
  ledger: Ledger,
  { connector, person }: { readonly connector: string; readonly person: SourceId },
  page: { readonly after: string | null; readonly runs: number },
): Promise<{ readonly changes: readonly PersonChange[]; readonly last: string | null }> => {
  type Row = Omit<PersonChange, 'before' | 'after'> & { before: Buffer | null; after: Buffer | null };
  // Run by run through the primary key: an index by person would slow down every plan that is stored.
  const { rows } = await sql<Row>`with touched as (
      select r.* from run r where r.connector = ${connector}
        and (${page.after}::text is null
          or (r.started_at, r.id) < (select a.started_at, a.id from run a where a.id = ${page.after}))
        and exists (select 1 from unnest(r.targets) t join change c on c.run = r.id and c.target = t and c.person = ${person})
      order by r.started_at desc, r.id desc limit ${page.runs})
    select r.id as run, r.version, r.started_by as "startedBy", coalesce(c.decided_at, r.started_at) as at, c.target,
      c.attribute, c.before_sealed as before, c.after_sealed as after, c."foreign", c.status, c.reason
    from touched r cross join lateral (select c.* from unnest(r.targets) t
      join change c on c.run = r.id and c.target = t and c.person = ${person}) c
    order by r.started_at desc, r.id desc, c.target, c.attribute`.execute(ledger.db);
  const seen = new Set(rows.map(({ run }) => run));
  return {
    changes: rows.map((row) => {
      const at = { run: row.run, target: row.target, person, attribute: row.attribute };
      return {
        ...row,
        before: unseal(ledger, 'before', at, row.before),
        after: unseal(ledger, 'after', at, row.after),
      };
    }),
    last: seen.size < page.runs ? null : (rows.at(-1)?.run ?? null),
  };
};
