import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Hindrance } from '../activities/index.ts';
import { type FailureKind, failureReach, isFailureKind } from '../src/core/failure.ts';

/** A failure as a run ends with it. */
export type RunFailure = { readonly kind: FailureKind; readonly message: string };

/** Why a step could not be done, if waiting may help; a null `party` is the one the step worked with. */
export type Met = Pick<Hindrance, 'kind' | 'said' | 'waitMs'> & { readonly party: string | null };

const tookTooLong =
  'A step of the run did not finish in time: its worker may have stopped, or the other side may be very slow.';

/** The failure behind what a step threw: known kinds unchanged; anything unexpected counts as `unavailable`. */
export const failureOf = (error: unknown): RunFailure => {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return failureOf(error.cause);
  if (error instanceof ApplicationFailure) {
    return { kind: isFailureKind(error.type) ? error.type : 'unavailable', message: error.message };
  }
  if (error instanceof TimeoutFailure) return { kind: 'unavailable', message: tookTooLong };
  return { kind: 'unavailable', message: error instanceof Error ? error.message : 'The step did not finish.' };
};

/** The failure as the workflow's own end. */
export const asWorkflowFailure = ({ kind, message }: RunFailure): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, kind);

/** What a step met, if waiting may help; null for a failure that waiting does not fix. */
export const metBy = (error: unknown): Met | null => {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const said = failureOf(error).message;
  if (cause instanceof TimeoutFailure) return { kind: 'unforeseen', party: null, waitMs: null, said };
  if (!(cause instanceof ApplicationFailure)) return null;
  if (isFailureKind(cause.type) && cause.type !== 'unavailable' && cause.type !== 'throttled') return null;
  const kind = cause.type === 'throttled' ? 'asked' : isFailureKind(cause.type) ? 'away' : 'unforeseen';
  return { kind, said, ...detailsOf(cause) };
};

const detailsOf = ({ details }: ApplicationFailure): Pick<Met, 'waitMs' | 'party'> => {
  const detail: unknown = details?.[0];
  const { waitMs = null, party = null }: { waitMs?: unknown; party?: unknown } =
    typeof detail === 'object' && detail !== null ? detail : {};
  return {
    waitMs: typeof waitMs === 'number' ? waitMs : null,
    party: typeof party === 'string' ? party : null,
  };
};

/** Whether one bad user can be the reason, so that halving the batch finds them. */
export const isWorthSplitting = (error: unknown): boolean => {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure) return true;
  if (!(cause instanceof ApplicationFailure)) return false;
  return !isFailureKind(cause.type) || cause.type === 'wrongShape' || failureReach[cause.type].ends === 'user';
};

/** Whether a step that failed for one person alone failed because of them; one that merely took too long may not have. */
export const isOwnFault = (error: unknown): boolean => {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && isWorthSplitting(cause);
};

/** Whether a child was cancelled or terminated; from outside, if its parent was not cancelled. */
export const isEndedByHand = (error: unknown): boolean =>
  error instanceof ChildWorkflowFailure &&
  (error.cause instanceof CancelledFailure || error.cause instanceof TerminatedFailure);

/** Whether the failure ends the whole run, whatever is left of it. */
export const endsRun = (error: unknown): boolean => failureReach[failureOf(error).kind].ends === 'run';
