import type { Run } from '../../api/runs.ts';
import { isBegun, phases } from '../../text/runs.ts';
import { span } from '../../widgets/time.tsx';

/** The steps of a run in their order, with the share done of the one it is in. */
export const Phases = ({ run, phase, progress }: { run: Run; phase: string; progress: Run['progress'] }) => {
  const at = phases.findIndex((one) => one.phase === phase);
  const ended = run.status !== 'running';
  // A plan that waits, or was left, has got as far as the guard.
  const reached = !ended ? at : isUnwritten(run) ? phases.findIndex((one) => one.phase === 'apply') : phases.length;
  const share = shareOf(progress, phase);
  // The report of a run that goes on is that of its plan.
  const times = run.status === 'running' ? timesOf(progress) : run.report;
  return (
    <ol className="phases" aria-label="Steps of the run">
      {phases.map(({ phase: name, text }, index) => (
        <li
          key={name}
          data-is={index < reached ? 'done' : !ended && index === at ? 'now' : 'ahead'}
          aria-current={!ended && index === at ? 'step' : undefined}
        >
          <span>{text}</span>
          {!ended && index === at && share !== null && (
            <progress value={share} max={1} aria-label={`${text}, share done`} />
          )}
        </li>
      ))}
      {times !== null && <li className="worked">{workedText(times)}</li>}
    </ol>
  );
};

/** Whether a run is a plan of which nothing is written. */
const isUnwritten = ({ report }: Run): boolean => report !== null && report.forecast !== null && !isBegun(report);

type Times = Pick<NonNullable<Run['report']>, 'durationMs' | 'waitedMs'>;

const timesOf = (progress: Run['progress']): Times | null =>
  progress === null ? null : { durationMs: progress.elapsedMs, waitedMs: progress.waitedMs };

const workedText = ({ durationMs, waitedMs }: Times): string =>
  `worked ${span(durationMs)}${waitedMs < 1_000 ? '' : `, waited ${span(waitedMs)} for the decision`}`;

const shareOf = (progress: Run['progress'], phase: string): number | null => {
  if (progress === null) return null;
  const { users, people, changes } = progress;
  const [done, all] =
    phase === 'read'
      ? [users.read, users.expected ?? 0]
      : phase === 'plan'
        ? [people.planned, people.toPlan]
        : phase === 'apply'
          ? [changes.decided, changes.planned]
          : [0, 0];
  return all === 0 ? null : Math.min(1, done / all);
};
