import { useMemo, useState } from 'react';
import type { Connector } from '../../api/connectors.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { Ago } from '../../widgets/time.tsx';
import { useDraft } from './draft.tsx';
import { conflicts, merged, type Side, threeWay } from './merge.ts';

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
            Drop mine
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
      <div className="table-scroll">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Place</th>
              <th scope="col">Was</th>
              <th scope="col">Yours</th>
              <th scope="col">Stored</th>
              <th scope="col">Takes</th>
            </tr>
          </thead>
          <tbody>
            {parts.map(({ place, was, mine, stored }) => {
              const both = mine !== was && stored !== was && mine !== stored;
              const side = sides[place] ?? (both ? null : mine === was ? 'stored' : 'mine');
              return (
                <tr key={place}>
                  <th scope="row">{place}</th>
                  <td>
                    <code>{was ?? 'nothing'}</code>
                  </td>
                  <td>
                    <code>{mine ?? 'nothing'}</code>
                  </td>
                  <td>
                    <code>{stored ?? 'nothing'}</code>
                  </td>
                  <td>
                    {both ? (
                      <span className="actions">
                        {(['mine', 'stored'] as const).map((one) => (
                          <label key={one} className="check">
                            <input
                              type="radio"
                              name={`side ${place}`}
                              checked={side === one}
                              onChange={() => setSides({ ...sides, [place]: one })}
                            />
                            {one === 'mine' ? 'yours' : 'stored'}
                          </label>
                        ))}
                      </span>
                    ) : side === 'mine' ? (
                      'yours'
                    ) : (
                      'stored'
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
};
