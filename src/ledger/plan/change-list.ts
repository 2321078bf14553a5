import { sql } from 'kysely';
import type { SourceId } from '../../core/values.ts';
import type { Ledger } from '../open.ts';
import { unseal } from '../sealing/sealed.ts';

/** A stored change as it is shown: values in clear. */
export type ListedChange = {
  readonly target: string;
  readonly person: SourceId;
  readonly attribute: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly foreign: boolean;
  readonly status: string;
  readonly reason: string | null;
};

/** The key of the last change before a page, in the order of a listing. */
export type ChangeKey = Pick<ListedChange, 'target' | 'person' | 'attribute'>;

/** The changes of a run behind `after`, in a stable order, with their values opened. */
export const listChanges = async (
  ledger: Ledger,
  run: string,
  page: { after: ChangeKey | null; limit: number; target: string | null; status: string | null },
): Promise<ListedChange[]> => {
  type Row = Omit<ListedChange, 'before' | 'after'> & { before: Buffer | null; after: Buffer | null };
  const { after } = page;
  const { rows } = await sql<Row>`select target, person, attribute, before_sealed as before,
      after_sealed as after, "foreign", status, reason from change
    where run = ${run} and (${page.target}::text is null or target = ${page.target})
      and (${page.status}::text is null or status = ${page.status})
      and (${after === null} or (target, person, attribute) >
        (${after?.target ?? ''}, ${after?.person ?? ''}, ${after?.attribute ?? ''}))
    order by target, person, attribute limit ${page.limit}`.execute(ledger.db);
  return rows.map((row) => {
    const at = { run, target: row.target, person: row.person, attribute: row.attribute };
    return {
      ...row,
      before: unseal(ledger, 'before', at, row.before),
      after: unseal(ledger, 'after', at, row.after),
    };
  });
};
