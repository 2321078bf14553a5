import type { Report, RunStatus } from '../core/report/report.ts';

/** What a command tells the shell: 0 done, 1 failed, 2 wrong usage, 3 done with new failures, 4 awaiting approval. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/**
 * The exit code of a command that has followed a run to its end. Failures known from earlier runs do not count; a part
 * of a plan that the guard separated from a run awaits approval like a whole one.
 */
export const exitCodeOf = (run: { status: RunStatus; report: Report | null }): ExitCode => {
  const { report } = run;
  if (run.status === 'done' && report !== null && report.holds !== null) return 4;
  switch (run.status) {
    case 'awaitingApproval':
      return 4;
    case 'doneWithFailures':
      return report !== null && report.failures.new === 0 ? (report.holds === null ? 0 : 4) : 3;
    case 'failed':
    case 'cancelled':
    case 'rejected':
    case 'running':
    case 'approved':
      return 1;
    case 'done':
    case 'planned':
    case 'skipped':
    case 'superseded':
      return 0;
  }
};
