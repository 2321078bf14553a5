import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Coverage, getCoverage } from '../api/overview.ts';
import { plainName } from '../text/rows.ts';
import { Panel } from '../widgets/panel.tsx';
import { percent } from '../widgets/pictures/share.tsx';
import { ProblemNotice } from '../widgets/problem.tsx';
import { Scroller } from '../widgets/tables/scroller.tsx';
import { count, Moment } from '../widgets/time.tsx';
import './coverage.css';

type Attribute = Coverage['attributes'][number];

const share = ({ people, withValue }: { people: number; withValue: number }): number =>
  people === 0 ? 0 : withValue / people;

/** How far each attribute is filled at each target: nothing else finds one that empties slowly. */
export const CoverageMap = ({ connector }: { connector: string }) => {
  const asked = useQuery({ queryKey: ['connector', connector, 'coverage'], queryFn: () => getCoverage(connector) });
  if (asked.error !== null) return <ProblemNotice error={asked.error} retry={() => void asked.refetch()} />;
  const { last, attributes } = asked.data ?? { last: null, attributes: [] };
  if (last === null || attributes.length === 0) return null;
  const targets = [...new Set(attributes.map(({ target }) => target))];
  const names = [...new Set(attributes.map(({ attribute }) => attribute))];
  return (
    <Panel
      title={`Coverage of ${connector}`}
      aside={
        <span className="muted small">
          people who get a value, as of the{' '}
          <Link to="/runs/$run" params={{ run: last.run }}>
            run
          </Link>{' '}
          of <Moment at={last.at} />
        </span>
      }
    >
      <Scroller label={`Coverage of ${connector}`}>
        <table className="table coverage" aria-label={`Coverage of ${connector}`}>
          <thead>
            <tr>
              <th scope="col">Attribute</th>
              {targets.map((target) => (
                <th key={target} scope="col">
                  {target}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">{plainName(name)}</th>
                {targets.map((target) => (
                  <td key={target}>
                    <Cell of={attributes.find((one) => one.target === target && one.attribute === name)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Panel>
  );
};

const Cell = ({ of }: { of: Attribute | undefined }) => {
  if (of === undefined) return <span className="muted">not mapped</span>;
  const { people, withValue, tooLong, failed, fell, history } = of;
  const filled = share(of);
  const [first] = history;
  return (
    <span className="cell" data-fell={fell !== null}>
      <svg width="26" height="16" aria-hidden="true">
        <rect width="26" height="16" rx="3" fill="var(--line)" />
        <rect width="26" height="16" rx="3" fill="var(--accent)" opacity={0.08 + filled * 0.92} />
        {fell !== null && <path d="M2 16 L12 0 M10 16 L20 0 M18 16 L28 0" stroke="var(--surface)" strokeWidth="3" />}
      </svg>
      <span title={`${count(withValue)} of ${count(people)} people`}>{people === 0 ? 'nobody' : percent(filled)}</span>
      {history.length > 1 && <Spark history={history} />}
      {tooLong > 0 && <span className="tag" data-tone="warn">{`${count(tooLong)} too long`}</span>}
      {failed > 0 && <span className="tag" data-tone="bad">{`${count(failed)} failed`}</span>}
      {fell !== null && first !== undefined && (
        <span className="small">
          down from {percent(share(first))}:{' '}
          <Link to="/runs/$run" params={{ run: fell.run }}>
            run of <Moment at={fell.at} />
          </Link>
        </span>
      )}
    </span>
  );
};

/** The shares of a week as a line, oldest first. */
const Spark = ({ history }: { history: Attribute['history'] }) => {
  const step = 56 / (history.length - 1);
  const points = history.map((one, index) => `${(index * step).toFixed(1)},${(15 - share(one) * 14).toFixed(1)}`);
  return (
    <svg width="56" height="16" aria-hidden="true">
      <polyline points={points.join(' ')} fill="none" stroke="var(--accent)" strokeWidth="1.5" />
    </svg>
  );
};
