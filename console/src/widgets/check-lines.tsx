import type { CheckedLine } from '../api/targets.ts';

/** What was looked at of a connection, in order: what was found, and what to do where it is not as it should be. */
export const CheckLines = ({ lines }: { lines: readonly CheckedLine[] }) => (
  <ul className="check-lines">
    {lines.map(({ what, ok, found, remedy }) => (
      <li key={what}>
        <span className="state" data-tone={ok ? (remedy === undefined ? 'ok' : 'warn') : 'bad'}>
          {what}
        </span>
        <span>{found}</span>
        {remedy !== undefined && <span className="muted">{remedy}</span>}
      </li>
    ))}
  </ul>
);
