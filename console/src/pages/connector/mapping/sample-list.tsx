import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import type { PreviewEnd } from '../../../preview/preview.ts';
import { valueAt } from '../../../preview/stats.ts';
import { useSettings } from '../../../settings.tsx';
import { whyText } from '../../../text/rows.ts';
import { DecisionTag } from '../../../widgets/decision.tsx';
import { Change, Value } from '../../../widgets/value.tsx';

type Sampled = { readonly id: string; readonly name: string; readonly login: string };

const filters = {
  all: 'everybody',
  changes: 'what changes',
  empty: 'no value',
  outside: 'not concerned',
} as const;
type Filter = keyof typeof filters;

const rowHeight = 34;

/** What a row makes of each person of the sample. */
export const SampleList = ({
  people,
  ends,
  target,
  attribute,
  stale,
  chosen,
}: {
  people: readonly Sampled[];
  ends: readonly Readonly<Record<string, PreviewEnd>>[];
  target: string;
  attribute: string;
  stale: boolean;
  chosen: number;
}) => {
  const { shown } = useSettings();
  const [filter, setFilter] = useState<Filter>('all');
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () =>
      people.flatMap((person, index) => {
        const end = ends[index]?.[target];
        const value = valueAt(end, attribute);
        const fits =
          filter === 'all' ||
          (filter === 'outside' && end !== undefined && end.kind !== 'mapped') ||
          (filter === 'changes' && (value?.decision === 'set' || value?.decision === 'clear')) ||
          (filter === 'empty' && value !== null && value.wanted === null);
        return fits && index !== chosen ? [{ person, end, value }] : [];
      }),
    [people, ends, target, attribute, filter, chosen],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  return (
    <div className="sample">
      <label className="joined">
        Show
        <select
          className="select"
          value={filter}
          onChange={({ target: { value } }) => {
            if (Object.hasOwn(filters, value)) setFilter(value as Filter);
          }}
        >
          {Object.entries(filters).map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <div
        className="sample-rows"
        ref={scroller}
        role="table"
        aria-label="People of the sample"
        aria-rowcount={rows.length}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller is reached by keyboard
        tabIndex={0}
        data-stale={stale}
      >
        <div style={{ height: virtual.getTotalSize() }} role="rowgroup">
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const { person, end, value } = row;
            return (
              <div
                key={person.id}
                role="row"
                aria-rowindex={index + 1}
                className="sample-row"
                style={{ transform: `translateY(${start}px)` }}
              >
                <span role="cell">{shown ? <bdi>{person.name}</bdi> : `Person ${person.id.slice(0, 8)}`}</span>
                <span role="cell">
                  {value !== null ? (
                    value.decision === 'set' || value.decision === 'clear' ? (
                      <Change before={value.before} after={value.after} />
                    ) : (
                      <Value value={value.after} />
                    )
                  ) : (
                    <span className="muted">{end !== undefined && end.kind !== 'mapped' ? end.reason : ''}</span>
                  )}
                </span>
                <span role="cell">
                  {value !== null && <DecisionTag decision={value.decision} why={whyText(value)} />}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
};
