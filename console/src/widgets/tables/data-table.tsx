import type { ReactNode } from 'react';
import { Scroller } from './scroller.tsx';

/** A column: its heading, and what stands in it for a row; `number` sets it flush right, `names` makes it the row's heading. */
export type Column<Row> = {
  readonly head: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly number?: boolean;
  readonly names?: boolean;
};

/** Rows under headings; scrolls sideways where they are wider than the page. */
export const DataTable = <Row,>({
  columns,
  rows,
  keyOf,
  linked = false,
  label,
}: {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Whether each row leads somewhere, by its first link. */
  linked?: boolean;
  label?: string;
}) => (
  <Scroller label={label}>
    <table className="table" aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ head, number }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place alone
            <th key={index} scope="col" className={number === true ? 'number' : undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} data-link={linked || undefined}>
            {columns.map(({ cell, number, names }, index) =>
              names === true ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place alone
                <th key={index} scope="row">
                  {cell(row)}
                </th>
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place alone
                <td key={index} className={number === true ? 'number' : undefined}>
                  {cell(row)}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  </Scroller>
);
