import { Link } from '@tanstack/react-router';
import type { RunSummary } from '../../api/runs.ts';
import { kindWords, statusWords } from '../../text/runs.ts';
import { span } from '../time.tsx';

const fills = {
  ok: 'var(--ok)',
  warn: 'var(--warn)',
  bad: 'var(--bad)',
  info: 'var(--info)',
  quiet: 'var(--line-strong)',
} as const;
const height = 40;
const width = 9;

/** The last runs, oldest first: height tells how long, colour and shape how it ended. Each leads to its run. */
export const RunBars = ({ runs }: { runs: readonly RunSummary[] }) => {
  const shown = [...runs].reverse();
  const lengths = shown.map(({ workMs }) => workMs ?? 0);
  const longest = Math.max(1, ...lengths);
  if (shown.length === 0) return null;
  return (
    <svg
      className="run-bars"
      width={shown.length * (width + 3)}
      height={height + 8}
      aria-label={`The last ${shown.length} runs`}
    >
      {shown.map((run, index) => {
        const { text, tone } = statusWords[run.status];
        const tall = Math.max(4, Math.sqrt((lengths[index] ?? 0) / longest) * height);
        const x = index * (width + 3);
        return (
          <Link
            key={run.id}
            to="/runs/$run"
            params={{ run: run.id }}
            aria-label={`${text}, ${kindWords(run)}, worked ${span(lengths[index] ?? 0)}`}
          >
            <rect x={x} y={0} width={width} height={height + 8} fill="transparent" />
            <rect x={x} y={height - tall} width={width} height={tall} rx={2} fill={fills[tone]} />
            {(tone === 'bad' || tone === 'warn') && (
              <rect x={x + width / 2 - 2} y={height + 3} width={4} height={4} fill={fills[tone]} />
            )}
            <title>{text}</title>
          </Link>
        );
      })}
    </svg>
  );
};
