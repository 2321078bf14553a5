import { ApplicationFailure } from '@temporalio/common';
import { type Failure, failureReach, isFailure } from '../src/core/failure.ts';

/**
 * Turns what an activity threw into what Temporal understands: the kind as type, the sentence as message, and the wait
 * the server asked for as the next delay, and with the party as detail for workflows that wait by timer. Everything else
 * (cancellation above all) passes through untouched. The cause stays behind: it may hold what must not enter a history.
 */
export const asTemporalFailure = (error: unknown): unknown => {
  if (isFailure(error)) return fromFailure(error);
  if (error instanceof Error && passesThrough(error)) return error;
  const name = error instanceof Error ? error.name : 'unknown';
  return ApplicationFailure.create({
    type: 'unexpected',
    message: `An unexpected error (${name}) stopped this step; the worker's log has the details.`,
    nonRetryable: false,
  });
};

const fromFailure = (failure: Failure): ApplicationFailure =>
  ApplicationFailure.create({
    type: failure.kind,
    message: failure.sentence,
    nonRetryable: !failureReach[failure.kind].retry,
    ...(failure.facts.waitMs === undefined ? {} : { nextRetryDelay: failure.facts.waitMs }),
    details: [{ waitMs: failure.facts.waitMs ?? null, party: failure.facts.party ?? null }],
  });

const passesThrough = (error: Error): boolean =>
  ['AbortError', 'CancelledFailure', 'ApplicationFailure', 'CompleteAsyncError'].includes(error.name);
