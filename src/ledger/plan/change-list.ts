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

/** What a change does to the old value: fills an empty attribute, replaces a value, or clears it. */
export const changeEffects = ['filled', 'replaced', 'cleared'] as const;

/** Which changes are listed; any, where nothing is said. */
export type ChangeFilter = {
  readonly target?: string | null | undefined;
  readonly status?: string | null | undefined;
  readonly person?: SourceId | null | undefined;
  readonly attribute?: string | null | undefined;
  readonly kind?: (typeof changeEffects)[number] | null | undefined;
  readonly foreign?: boolean | null | undefined;
};

const chosen = (
  run: string,
  { target = null, status = null, person = null, attribute = null, kind = null, foreign = null }: ChangeFilter,
) => sql`
  run = ${run} and (${target}::text is null or target = ${target}) and (${status}::text is null or status = ${status})
    and (${person}::text is null or person = ${person}) and (${attribute}::text is null or attribute = ${attribute})
    and (${foreign}::boolean is null or "foreign" = ${foreign})
    and (${kind}::text is null or ${kind} = case when after_sealed is null then 'cleared'
      when before_sealed is null then 'filled' else 'replaced' end)`;

/** How many changes there are to list. */
export const countChanges = async (ledger: Ledger, run: string, filter: ChangeFilter): Promise<number> => {
  const { rows } = await sql<{ total: number }>`select count(*)::integer as total from change
    where ${chosen(run, filter)}`.execute(ledger.db);
  return rows[0]?.total ?? 0;
};

/** The changes of a run after `after`, in a stable order, with their values opened. */
export const listChanges = async (
  ledger: Ledger,
  run: string,
  page: ChangeFilter & { readonly after: ChangeKey | null; readonly limit: number },
): Promise<ListedChange[]> => {
  type Row = Omit<ListedChange, 'before' | 'after'> & { before: Buffer | null; after: Buffer | null };
  const { after } = page;
  const { rows } = await sql<Row>`select target, person, attribute, before_sealed as before,
      after_sealed as after, "foreign", status, reason from change
    where ${chosen(run, page)}
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
