import type { ReasonCode } from './reasons.ts';

/** How often somebody is tried run after run while it fails for the same reason; from then on once in `restDays`. */
export const mostTries = 5;
export const restDays = 7;

/**
 * The failures that are the person's own, so that trying again changes nothing until somebody sees to them. What a target
 * or a provider that is away does to everybody is none: whoever met it is tried by every run.
 */
export const ownFailures: readonly ReasonCode[] = ['refused', 'failedAlone', 'mappingFailed'];

/** The ends by which nobody was tried: they say nothing of whether somebody still fails. */
export const untried: readonly ReasonCode[] = [
  'triedWeekly',
  'planned',
  'held',
  'leftOut',
  'outsideHours',
  'newerRun',
  'sourceMoved',
  'notGone',
  'runEnded',
];
