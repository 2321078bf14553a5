import type { Breach } from '../core/plan/guard.ts';
import { keptText } from '../core/report/kept.ts';
import { type Outcome, outcomes } from '../core/report/outcome.ts';
import { sentenceOf } from '../core/report/reasons.ts';
import {
  type CallCounts,
  type ReasonCount,
  type Report,
  type RunDecision,
  unaccounted,
} from '../core/report/report.ts';
import { leaverLines } from './leaver-text.ts';
import { moment } from './moment.ts';
import { parityLines } from './parity-text.ts';
import { count, table } from './table.ts';

/** A report as a person reads it; `person` is whom a run of one person was for. */
export const reportText = (report: Report, person: string | null = null): string => {
  const { read, failures, forecast, failure, guard } = report;
  const lines = [
    `${report.connector}, ${kindText(report, person)} ${report.run}: ${statusOf(report)} after ${seconds(report.durationMs)}${waitedText(report)}`,
    ...(report.heldFrom !== null && read.pages === 0
      ? []
      : [
          `Read ${counted(read.users, 'person', 'people')} in ${counted(read.pages, 'page', 'pages')}${read.complete || person !== null ? '' : ' (incomplete)'}; ${callsText(read.calls)}.`,
        ]),
  ];
  const targets = Object.entries(report.targets);
  if (targets.length > 0) {
    lines.push(
      '',
      table(
        ['target', ...outcomes.map((outcome) => outcomeHeads[outcome]), 'set', 'cleared', 'adopted'],
        targets.map(([id, target]) => [
          id,
          ...outcomes.map((outcome) => target[outcome]),
          target.changes.set,
          target.changes.cleared,
          target.adopted,
        ]),
      ),
      '',
      ...targets.map(([id, target]) => `${id}: ${callsText(target.calls)}.`),
    );
  }
  for (const [id, target] of targets) {
    lines.push(...target.kept.map((kept) => `${id}: not written as in the directory: ${keptText(kept)}.`));
  }
  for (const [id, target] of targets) lines.push(...target.reasons.map((one) => `${id}: ${reasonText(one)}`));
  lines.push(...leaverLines(report), ...parityLines(report));
  for (const breach of guard?.breaches ?? []) lines.push(`Guard: ${breachText(breach)}`);
  if (report.holds !== null) {
    lines.push(
      `The guard holds the attributes at fault in run ${report.holds}: see 'attune plan ${report.holds}'. The rest was not held.`,
    );
  }
  if (report.decision !== null) lines.push(decisionText(report.decision));
  if (failures.new + failures.known > 0) {
    lines.push(`Failures: ${count(failures.new)} new, ${count(failures.known)} known from earlier runs.`);
  }
  if (forecast !== null) {
    lines.push(
      `To be written: ${counted(forecast.set, 'value', 'values')} set and ${count(forecast.cleared)} cleared, for ${counted(forecast.people, 'person', 'people')}.`,
    );
  }
  if (failure !== null) lines.push(`Failed (${failure.kind}): ${failure.message}`);
  for (const warning of report.warnings) lines.push(`Warning: ${warning}`);
  lines.push(...unaccounted(report).map((line) => `The sums do not match. ${line}.`));
  if (report.status === 'planned' && forecast !== null && forecast.set + forecast.cleared === 0) {
    lines.push('There is nothing to apply.');
  } else if (report.status === 'awaitingApproval' || report.status === 'planned') {
    lines.push(
      `Look at it with 'attune plan ${report.run}', apply it with 'attune approve ${report.run}', or reject it with 'attune reject ${report.run}'.`,
    );
  }
  return lines.join('\n');
};

const kindText = ({ mode, retryOf, heldFrom }: Report, person: string | null): string => {
  if (person !== null) return `run for one person (${person}),`;
  if (heldFrom !== null) return `held part of run ${heldFrom},`;
  return retryOf === null ? `${mode} run` : `retry of the failed and skipped people of run ${retryOf},`;
};

/** How a run stands; a plan whose first few people are written awaits approval for the rest. */
const statusOf = ({ status, targets }: Report): string =>
  status === 'awaitingApproval' && Object.values(targets).some(({ updated }) => updated > 0)
    ? 'the first people are written, the rest awaits approval'
    : statusText[status];

const statusText: Readonly<Record<Report['status'], string>> = {
  running: 'running',
  approved: 'approved, waiting for its connector',
  done: 'done',
  doneWithFailures: 'done with failures',
  planned: 'planned, nothing written',
  awaitingApproval: 'awaiting approval, nothing written',
  superseded: 'superseded by a later plan',
  skipped: 'skipped',
  rejected: 'rejected',
  cancelled: 'cancelled',
  failed: 'failed',
};

/** What people call the outcomes. */
export const outcomeHeads: Readonly<Record<Outcome, string>> = {
  unchanged: 'unchanged',
  updated: 'updated',
  planned: 'planned',
  unmatched: 'unmatched',
  ambiguous: 'ambiguous',
  outOfScope: 'out of scope',
  skipped: 'skipped',
  failed: 'failed',
};

const waitedText = ({ waitedMs }: Report): string =>
  waitedMs < 1_000 ? '' : `, and ${seconds(waitedMs)} waiting for the decision`;

const counted = (number: number, one: string, many: string): string => `${count(number)} ${number === 1 ? one : many}`;

/** "36 failed (stepFailed): Jira does not answer ..." */
const reasonText = ({ outcome, reason, said, people }: ReasonCount): string =>
  `${count(people)} ${outcomeHeads[outcome]} (${reason}): ${sentenceOf(reason, said === null ? {} : { said })}`;

const callsText = (calls: CallCounts): string =>
  `${counted(calls.login + calls.listing + calls.read + calls.write, 'request', 'requests')} (${count(calls.login)} login, ${count(calls.listing)} listing, ${count(calls.read)} read, ${count(calls.write)} write)`;

/** Who decided over a plan, when and why. */
export const decisionText = ({ decision, by, at, comment, without }: RunDecision): string => {
  const parts = without.map(({ target, attribute }) =>
    [attribute, target].filter((part) => part !== undefined).join(' at '),
  );
  const out = parts.length === 0 ? '' : ` without ${parts.join(', ')}`;
  return `The plan was ${decision} by ${by} at ${moment(at)}${out}${comment === null ? '' : `: ${comment}`}.`;
};

/** A threshold that a plan exceeds. */
export const breachText = ({ rule, target, attribute, found, of, limit, over }: Breach): string => {
  const window = over === null ? null : `within ${over}, this run included`;
  const where = [target, attribute, window].filter((part) => part !== null).join(', ');
  return `${rule}${where === '' ? '' : ` (${where})`}: ${count(found)} of ${count(of)} people; the limit is ${count(limit)}.`;
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
