import type { Run } from '../../api/runs.ts';
import { outcomeWords } from '../../text/outcomes.ts';
import { count } from '../time.tsx';

const order = ['unchanged', 'updated', 'planned', 'failed', 'ambiguous', 'skipped', 'unmatched', 'outOfScope'] as const;
const fills: Readonly<Record<(typeof order)[number], string>> = {
  unchanged: 'var(--ok)',
  updated: 'var(--accent)',
  planned: 'var(--info)',
  failed: 'var(--bad)',
  ambiguous: 'var(--warn)',
  skipped: 'var(--line-strong)',
  unmatched: 'var(--muted)',
  outOfScope: 'var(--line)',
};

/** How everybody read ended, one bar per target; the same figures stand in the table below it. */
export const Funnel = ({ report }: { report: NonNullable<Run['report']> }) => (
  <div className="funnel">
    {Object.entries(report.targets).map(([id, target]) => {
      const all = order.reduce((sum, outcome) => sum + target[outcome], 0);
      let from = 0;
      return [
        <span key={`${id} name`}>{id}</span>,
        <svg key={id} viewBox="0 0 1000 18" preserveAspectRatio="none" role="img" aria-label={sentence(target)}>
          {order.map((outcome) => {
            const width = all === 0 ? 0 : (target[outcome] / all) * 1000;
            const x = from;
            from += width;
            return width === 0 ? null : (
              <rect key={outcome} x={x} y={0} width={Math.max(1, width - 1)} height={18} fill={fills[outcome]}>
                <title>
                  {outcomeWords[outcome]?.text}: {count(target[outcome])}
                </title>
              </rect>
            );
          })}
        </svg>,
      ];
    })}
  </div>
);

const sentence = (target: NonNullable<Run['report']>['targets'][string]): string =>
  order
    .filter((outcome) => target[outcome] > 0)
    .map((outcome) => `${outcomeWords[outcome]?.text} ${count(target[outcome])}`)
    .join(', ');
