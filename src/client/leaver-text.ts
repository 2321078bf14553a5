import type { ReadProof } from '../core/people/read-proof.ts';
import type { LeaverCounts } from '../core/report/leaver-counts.ts';
import type { Report } from '../core/report/report.ts';
import { moment } from './moment.ts';
import { count } from './table.ts';

/** What a report says of people who have left, or why it can say nothing. */
export const leaverLines = ({ read, status, targets }: Report): readonly string[] => {
  // A run that ended before it read, or the report of another release, tells nothing of it.
  if (status === 'skipped' || read.pages === 0 || read.complete !== (read.proof !== 'none')) return [];
  const nobody = untold[read.proof];
  if (nobody !== null) return [nobody];
  return Object.entries(targets).flatMap(([id, { leavers }]) => {
    const told = leavers === null ? [] : countsOf(leavers);
    return told.length === 0 ? [] : [`${id}: people who have left: ${told.join('; ')}.`];
  });
};

const untold: Readonly<Record<ReadProof, string | null>> = {
  everybody: null,
  person: null,
  changes: 'Only changes were read, which do not show who is gone: this run makes nobody a leaver.',
  none: 'The read did not reach the proven end of the listing: nobody counts as gone, and nothing is cleared.',
};

const countsOf = ({
  disabled,
  outOfScope,
  deleted,
  unanswered,
  waiting,
  next,
  due,
}: LeaverCounts): readonly string[] => {
  const some = (found: number, text: string): readonly string[] => (found === 0 ? [] : [`${count(found)} ${text}`]);
  return [
    ...some(disabled, 'disabled'),
    ...some(outOfScope, 'out of scope'),
    ...some(deleted, 'deleted'),
    ...some(due, 'of them due: this plan clears their values'),
    ...some(
      waiting,
      `whose values are kept for now, the first until ${next === null ? 'an unknown time' : moment(next)}`,
    ),
    ...some(unanswered, 'missing from the listing without an answer from the provider: their values are kept'),
  ];
};
