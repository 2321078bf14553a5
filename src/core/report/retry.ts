import type { ReasonCode } from './reasons.ts';

/**
 * How often a person is tried in successive runs while failing for the same reason; after that, once every `restDays`.
 */
export const mostTries = 5;
export const restDays = 7;

/**
 * The failures that concern only the person, so that trying again changes nothing until somebody fixes the cause. What
 * an unavailable target or provider does to everybody is not among them: people who met it are tried by every run.
 */
export const ownFailures: readonly ReasonCode[] = ['refused', 'failedAlone', 'mappingFailed'];

/** The outcomes without a try: they say nothing about whether a person still fails. */
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
