import { sql } from 'kysely';
import type { LeaverSpans } from '../../core/people/leavers.ts';
import type { LeaverKind } from '../../core/report/leaver-counts.ts';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { spanEnd } from './spans.ts';

/** A leaver at one target as a list shows them. */
export type ListedLeaver = {
  readonly target: string;
  readonly person: SourceId;
  readonly kind: LeaverKind;
  readonly since: Date;
  /** When the values are due; null if they are kept. */
  readonly clearAt: Date | null;
  readonly clearedAt: Date | null;
  /** How many attributes of the account the connector keeps. */
  readonly attributes: number;
};

/** The key of the last leaver before a page. */
export type LeaverKey = Pick<ListedLeaver, 'target' | 'person'>;

/** The leavers of a connector after `after`, by target and person; `spans` are the current ones. */
export const listLeavers = async (
  ledger: Ledger,
  connector: string,
  spans: LeaverSpans,
  page: { after: LeaverKey | null; limit: number; target: string | null; kind: LeaverKind | null },
): Promise<ListedLeaver[]> => {
  const { after } = page;
  const { rows } = await sql<ListedLeaver>`select l.target, l.person, l.kind, l.since, ${spanEnd(spans)} as "clearAt",
      l.cleared_at as "clearedAt", coalesce(cardinality(s.attributes), 0) as attributes
    from leaver l
    left join profile p on p.connector = l.connector and p.target = l.target and p.person = l.person
    left join attribute_set s on s.id = p.kept_set
    where l.connector = ${connector} and (${page.target}::text is null or l.target = ${page.target})
      and (${page.kind}::text is null or l.kind = ${page.kind})
      and (${after === null} or (l.target, l.person) > (${after?.target ?? ''}, ${after?.person ?? ''}))
    order by l.target, l.person limit ${page.limit}`.execute(ledger.db);
  return rows;
};
