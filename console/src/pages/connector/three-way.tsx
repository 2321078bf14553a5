import { useMemo, useState } from 'react';
import type { Connector } from '../../api/connectors.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { Ago } from '../../widgets/time.tsx';
import { useDraft } from './draft.tsx';
import { conflicts, merged, type Part, type Side, threeWay } from './merge.ts';

/** Somebody else has stored a version meanwhile: what either side changed, and what becomes of both. */
export const ThreeWay = ({ theirs }: { theirs: Connector }) => {
  const { base, definition, save, drop, saving } = useDraft();
  const { may } = useSignedIn();
  const parts = useMemo(
    () => threeWay(base.definition, definition, theirs.definition),
    [base.definition, definition, theirs.definition],
  );
  const [sides, setSides] = useState<Readonly<Record<string, Side>>>({});
  const open = conflicts(parts).filter(({ place }) => sides[place] === undefined);
  return (
    <section className="panel three-way" role="alert">
      <header>
        <h2>
          {theirs.changedBy} stored version {theirs.version} <Ago at={theirs.changedAt} />, while you worked on version{' '}
          {base.version}
        </h2>
        <span className="actions">
          <button type="button" className="button" onClick={drop}>
            Discard mine
          </button>
          <button
            type="button"
            className="button"
            data-kind="primary"
            disabled={open.length > 0 || saving || !may('configure')}
            onClick={() => void save({ definition: merged(theirs.definition, parts, sides), version: theirs.version })}
          >
            {open.length > 0 ? `${open.length} to decide` : 'Save both'}
          </button>
        </span>
      </header>
      <DataTable
        rows={parts}
        keyOf={({ place }) => place}
        columns={[
          { head: 'Place', names: true, cell: ({ place }) => place },
          { head: 'Was', cell: ({ was }) => <code>{was ?? 'nothing'}</code> },
          { head: 'Yours', cell: ({ mine }) => <code>{mine ?? 'nothing'}</code> },
          { head: 'Stored', cell: ({ stored }) => <code>{stored ?? 'nothing'}</code> },
          {
            head: 'Takes',
            cell: (part) => (
              <Takes
                part={part}
                side={sides[part.place] ?? null}
                choose={(side) => setSides({ ...sides, [part.place]: side })}
              />
            ),
          },
        ]}
      />
    </section>
  );
};

/** Which side a place takes: the one that changed it, and where both did the one that is chosen. */
const Takes = ({ part, side, choose }: { part: Part; side: Side | null; choose: (side: Side) => void }) => {
  if (conflicts([part]).length === 0) return part.mine === part.was ? 'stored' : 'yours';
  return (
    <span className="actions">
      {(['mine', 'stored'] as const).map((one) => (
        <label key={one} className="check">
          <input type="radio" name={`side ${part.place}`} checked={side === one} onChange={() => choose(one)} />
          {one === 'mine' ? 'yours' : 'stored'}
        </label>
      ))}
    </span>
  );
};
