import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

const rowHeight = 40;

/**
 * A table of any length, of which the rows in view alone are there. `total` is how many there are in all, where that is
 * known; what lies behind the last row read is asked for as it comes near.
 */
export const VirtualTable = <Row,>({
  label,
  rows,
  total,
  heads,
  cells,
  keyOf,
  near,
}: {
  label: string;
  rows: readonly Row[];
  total: number;
  heads: readonly string[];
  cells: (row: Row) => readonly ReactNode[];
  keyOf: (row: Row) => string;
  /** Told when the last rows read come into view. */
  near: () => void;
}) => {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 20) near();
  }, [last, rows.length, near]);
  return (
    <div
      className="virtual"
      ref={scroller}
      role="table"
      aria-label={label}
      aria-rowcount={total + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller is reached by keyboard
      tabIndex={0}
    >
      <div role="rowgroup" className="virtual-head">
        <div role="row" aria-rowindex={1} className="virtual-row">
          {heads.map((head) => (
            <span key={head} role="columnheader">
              {head}
            </span>
          ))}
        </div>
      </div>
      <div style={{ height: virtual.getTotalSize() }} role="rowgroup" className="virtual-body">
        {items.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={keyOf(row)}
              role="row"
              aria-rowindex={index + 2}
              className="virtual-row"
              style={{ transform: `translateY(${start}px)` }}
            >
              {cells(row).map((cell, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its place alone
                <span key={place} role="cell">
                  {cell}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
};
