import { paceOf, standOf } from '../../../src/client/pace.ts';
import type { Run, RunSummary } from '../api/runs.ts';
import { count, many, span } from '../widgets/time.tsx';

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
export const kindWords = ({
  mode,
  intent,
  person,
  retryOf,
  heldFrom,
}: Pick<RunSummary, 'mode' | 'intent' | 'person' | 'retryOf' | 'heldFrom'>): string => {
  if (person !== null) return 'One person';
  if (heldFrom !== null) return 'Held part of a run';
  const all = { full: 'Everybody', delta: 'Changes since the last run', verify: 'Everybody, every value read' };
  const words = retryOf === null ? all[mode] : 'People of an earlier run tried again';
  return intent === 'plan' ? `${words}, plan only` : words;
};

/** What a run is doing, or has come to, in one sentence. */
export const runSentence = (run: Run, progress: Run['progress'], begun: Run['progress'] = null): string => {
  if (run.status === 'running') return runningSentence(progress ?? run.progress, begun);
  const { report } = run;
  if (run.failure !== null) return run.failure.message;
  if (report === null) return statusWords[run.status].text;
  const { set, cleared } = sumOf(report);
  if (run.status === 'awaitingApproval' || run.status === 'planned') {
    const people = report.forecast?.people ?? 0;
    return `${run.status === 'planned' ? 'Planned' : 'Held'}: ${many(people, 'person', 'people')} would get ${many(set + cleared, 'change')}. ${isBegun(report) ? 'The first people are written.' : 'Nothing was written.'}`;
  }
  if (set + cleared === 0) return `Nothing changed: ${many(report.read.users, 'person', 'people')} compared.`;
  const did = `${many(set, 'value')} set${cleared === 0 ? '' : `, ${count(cleared)} cleared`}`;
  return run.person === null && run.heldFrom === null
    ? `${did}, of ${many(report.read.users, 'person', 'people')} read.`
    : `${did}.`;
};

/** Whether the first people of a plan are written while the rest waits. */
export const isBegun = ({ targets }: NonNullable<Run['report']>): boolean =>
  Object.values(targets).some(({ updated }) => updated > 0);

/** What a run does now, and how fast since the first that was seen of this step. */
export const runningSentence = (progress: Run['progress'], begun: Run['progress']): string => {
  if (progress === null) return 'Starting.';
  if (progress.waitingFor.length > 0) {
    return `Waiting for ${progress.waitingFor.map(({ party }) => partyName(party)).join(' and ')}.`;
  }
  const { done, of, unit } = standOf(progress);
  const doing = { read: 'Reading', plan: 'Planning', apply: 'Writing' };
  if (!isCounted(progress.phase)) return `${phases.find(({ phase }) => phase === progress.phase)?.text ?? 'Working'}.`;
  const far = of === null ? '' : ` of ${progress.phase === 'read' ? 'about ' : ''}${count(of)}`;
  const pace = begun === null ? null : paceOf(begun, progress);
  const fast = pace === null ? '' : `, ${count(Math.round(pace.rate))} a second`;
  const left = pace === null || pace.left === null ? '' : `, about ${span(Math.ceil(pace.left) * 1000)} left`;
  return `${doing[progress.phase]}: ${count(done)}${far} ${unit}${fast}${left}.`;
};

/** The steps that are counted as they go on. */
const isCounted = (phase: string): phase is 'read' | 'plan' | 'apply' =>
  phase === 'read' || phase === 'plan' || phase === 'apply';

/** A party that runs wait for, as people call it: a target by its id. */
export const partyName = (party: string): string =>
  party === 'source' ? 'the directory' : party === 'ledger' ? 'the ledger' : party;

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
