import type { Selection } from '../selection.ts';

/** The query of one part of a selection: `$select`, and the manager with the first part. */
export const queryOf = ({ parts, manager }: Selection, part: number): Readonly<Record<string, string>> => ({
  $select: (parts[part] ?? []).join(','),
  ...(part === 0 && manager !== null ? { $expand: `manager($select=${manager.join(',')})` } : {}),
});

/** Graph caps a page that expands the manager at 100, whatever is asked (Graph: list users). */
export const pageSizeOf = ({ manager }: Selection): number => (manager === null ? 999 : 100);

/** A text inside an OData literal. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
