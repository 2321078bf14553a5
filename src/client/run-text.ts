import type { RunWire } from '../api/schemas/runs.ts';
import { reportText } from './report-text.ts';

/** A run as a person reads it: its report, or what is known while there is none. */
export const runText = (run: RunWire): string => {
  if (run.report !== null) {
    const alone = run.person === null ? [] : ['The guard does not judge a run of one person.'];
    return [reportText(run.report, run.person), ...alone].join('\n');
  }
  const lines = [
    `${run.connector}, ${run.mode} run ${run.id}: ${run.status} (${run.phase}), started by ${run.startedBy}`,
  ];
  if (run.progress !== null) {
    const { users, changes, calls } = run.progress;
    lines.push(`${users.read} people read, ${changes.decided} of ${changes.planned} changes made, ${calls} requests.`);
  }
  if (run.failure !== null) lines.push(`Failed (${run.failure.kind}): ${run.failure.message}`);
  return lines.join('\n');
};
