import type { Run, RunSummary } from '../api/runs.ts';
import { count, many } from '../widgets/time.tsx';

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'quiet';

/** A state of a run in a word or two, with its tone. */
export const statusWords: Readonly<Record<RunSummary['status'], { readonly text: string; readonly tone: Tone }>> = {
  running: { text: 'Running', tone: 'info' },
  approved: { text: 'Approved, waiting for its connector', tone: 'info' },
  done: { text: 'Done', tone: 'ok' },
  doneWithFailures: { text: 'Done with failures', tone: 'warn' },
  planned: { text: 'Planned, nothing written', tone: 'info' },
  awaitingApproval: { text: 'Held for a decision', tone: 'warn' },
  superseded: { text: 'Superseded by a later plan', tone: 'quiet' },
  skipped: { text: 'Skipped', tone: 'quiet' },
  rejected: { text: 'Rejected', tone: 'quiet' },
  cancelled: { text: 'Cancelled', tone: 'quiet' },
  failed: { text: 'Failed', tone: 'bad' },
};

/** The steps of a run in their order, as people call them. */
export const phases: readonly { readonly phase: string; readonly text: string }[] = [
  { phase: 'open', text: 'Open' },
  { phase: 'read', text: 'Read' },
  { phase: 'accounts', text: 'Accounts' },
  { phase: 'plan', text: 'Plan' },
  { phase: 'judge', text: 'Guard' },
  { phase: 'apply', text: 'Write' },
  { phase: 'close', text: 'Close' },
];

/** What kind of run it is. */
export const kindWords = ({ mode, intent, person }: Pick<RunSummary, 'mode' | 'intent' | 'person'>): string => {
  if (person !== null) return 'One person';
  const words = { full: 'Everybody', delta: 'Changes since the last run', verify: 'Everybody, every value read' }[mode];
  return intent === 'plan' ? `${words}, plan only` : words;
};

/** What a run is doing, or has come to, in one sentence. */
export const runSentence = (run: Run, progress: Run['progress']): string => {
  if (run.status === 'running') return runningSentence(progress ?? run.progress);
  const { report } = run;
  if (run.failure !== null) return run.failure.message;
  if (report === null) return statusWords[run.status].text;
  const { set, cleared } = sumOf(report);
  if (run.status === 'awaitingApproval' || run.status === 'planned') {
    const people = report.forecast?.people ?? 0;
    return `${run.status === 'planned' ? 'Planned' : 'Held'}: ${many(people, 'person', 'people')} would get ${many(set + cleared, 'change')}. Nothing was written.`;
  }
  if (set + cleared === 0) return `Nothing changed: ${many(report.read.users, 'person', 'people')} compared.`;
  const did = `${many(set, 'value')} set${cleared === 0 ? '' : `, ${count(cleared)} cleared`}`;
  return run.person === null ? `${did}, of ${many(report.read.users, 'person', 'people')} read.` : `${did}.`;
};

/** What a run does now. */
export const runningSentence = (progress: Run['progress']): string => {
  if (progress === null) return 'Starting.';
  const { users, people, changes } = progress;
  switch (progress.phase) {
    case 'read':
      return `Reading: ${count(users.read)}${users.expected === null ? '' : ` of about ${count(users.expected)}`} people.`;
    case 'plan':
      return `Planning: ${count(people.planned)} of ${count(people.toPlan)} compared.`;
    case 'apply':
      return `Writing: ${count(changes.decided)} of ${count(changes.planned)} values.`;
    default:
      return `${phases.find(({ phase }) => phase === progress.phase)?.text ?? 'Working'}.`;
  }
};

/** The values all targets of a report together got, or would get. */
const sumOf = (report: NonNullable<Run['report']>): { readonly set: number; readonly cleared: number } => {
  if (report.forecast !== null) return report.forecast;
  let [set, cleared] = [0, 0];
  for (const { changes } of Object.values(report.targets)) {
    set += changes.set;
    cleared += changes.cleared;
  }
  return { set, cleared };
};
