import { outcomes } from '../core/report/outcome.ts';
import { sentenceOf } from '../core/report/reasons.ts';
import type { Report } from '../core/report/report.ts';
import { breachText, outcomeHeads } from './report-text.ts';
import { count } from './table.ts';

/** How a run ended in a sentence, and what is to be done about it; null where nothing is. */
export type RunEnd = { readonly sentence: string; readonly remedy: string | null };

/** The end of a run, for a log and a notice. It holds counts, ids and reasons, never a value. */
export const runEnd = (report: Report): RunEnd => {
  const { run, connector, failure, failures } = report;
  const decide = `See 'attune plan ${run}', then 'attune approve ${run}' or 'attune reject ${run}'.`;
  const people = `See 'attune report ${run} --people'.`;
  switch (report.status) {
    case 'done':
      return { sentence: `Done: ${counted(report)}.${heldPart(report)}`, remedy: decideOver(report.holds) };
    case 'doneWithFailures':
      return {
        sentence: `Done with failures (${count(failures.new)} new, ${count(failures.known)} known): ${counted(report)}.${mostFrequent(report)}${heldPart(report)}`,
        remedy: [people, decideOver(report.holds)].filter((one) => one !== null).join(' '),
      };
    case 'planned':
      return isEmpty(report)
        ? { sentence: `Planned, there is nothing to apply: ${counted(report)}.`, remedy: null }
        : { sentence: `Planned, nothing written: ${counted(report)}.`, remedy: decide };
    case 'awaitingApproval': {
      const breaches = (report.guard?.breaches ?? []).map(breachText).join(' ');
      return { sentence: `The guard holds the plan, nothing was written. ${breaches}`.trimEnd(), remedy: decide };
    }
    case 'failed':
      return {
        sentence: failure === null ? 'Failed.' : `Failed (${failure.kind}): ${failure.message}`,
        remedy: `'attune check ${connector}' tests everything a run needs.`,
      };
    case 'cancelled':
      return { sentence: `Cancelled: ${counted(report)}.`, remedy: 'The next run does the rest.' };
    case 'skipped':
      return { sentence: 'Skipped, because another run of the connector was still running.', remedy: null };
    case 'superseded':
      return { sentence: 'A later plan supersedes this one: nothing more in it is written.', remedy: null };
    case 'rejected':
    case 'running':
    case 'approved':
      return { sentence: `The run is ${report.status}.`, remedy: null };
  }
};

const isEmpty = ({ forecast }: Report): boolean => forecast !== null && forecast.set === 0 && forecast.cleared === 0;

/** Why most of those failed who did, at each target. */
const mostFrequent = ({ targets }: Report): string =>
  Object.entries(targets)
    .flatMap(([id, { reasons }]) => {
      const first = reasons.find(({ outcome }) => outcome === 'failed');
      return first === undefined
        ? []
        : [` ${id}: ${sentenceOf(first.reason, first.said === null ? {} : { said: first.said })}`];
    })
    .join('');

const heldPart = ({ holds }: Report): string =>
  holds === null ? '' : ` The guard holds the attributes at fault in run ${holds}.`;

const decideOver = (run: string | null): string | null =>
  run === null ? null : `See 'attune plan ${run}', then 'attune approve ${run}' or 'attune reject ${run}'.`;

/** What came of everybody read, target by target, without what is zero. */
const counted = (report: Report): string => {
  const read = `${count(report.read.users)} read`;
  const targets = Object.entries(report.targets).map(([id, target]) => {
    const told = outcomes.filter((one) => target[one] > 0).map((one) => `${count(target[one])} ${outcomeHeads[one]}`);
    return `${id}: ${told.join(', ') || 'nobody'}`;
  });
  return [read, ...targets].join('; ');
};
