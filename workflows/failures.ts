import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
} from '@temporalio/workflow';
import { type FailureKind, failureReach, isFailureKind } from '../src/core/failure.ts';

/** A failure as a run ends with it. */
export type RunFailure = { readonly kind: FailureKind; readonly message: string };

/** The failure behind what a step threw: kinds as they are; what nobody foresaw counts as `unavailable`. */
export const failureOf = (error: unknown): RunFailure => {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return failureOf(error.cause);
  if (error instanceof ApplicationFailure) {
    return { kind: isFailureKind(error.type) ? error.type : 'unavailable', message: error.message };
  }
  return { kind: 'unavailable', message: error instanceof Error ? error.message : 'The step did not end.' };
};

/** The failure as the workflow's own end. */
export const asWorkflowFailure = ({ kind, message }: RunFailure): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, kind);

/** Whether one bad user can be the reason, so that halving the batch finds them. */
export const isWorthSplitting = (error: unknown): boolean => {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure)) return false;
  return !isFailureKind(cause.type) || cause.type === 'wrongShape' || failureReach[cause.type].ends === 'user';
};

/** Whether the target itself cannot be worked with for now, so that more batches would only meet the same. */
export const isDown = (error: unknown): boolean => {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && (cause.type === 'unavailable' || cause.type === 'throttled');
};

/** Whether a child was cancelled or terminated; by somebody outside, if its parent was not cancelled. */
export const isEndedByHand = (error: unknown): boolean =>
  error instanceof ChildWorkflowFailure &&
  (error.cause instanceof CancelledFailure || error.cause instanceof TerminatedFailure);

/** The wait a target asked for, in milliseconds; null for every other failure. */
export const askedWait = (error: unknown): number | null => {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'throttled') return null;
  const detail: unknown = cause.details?.[0];
  const waitMs: unknown = typeof detail === 'object' && detail !== null ? Reflect.get(detail, 'waitMs') : undefined;
  return typeof waitMs === 'number' ? waitMs : null;
};

/** Whether the failure ends the whole run, whatever is left of it. */
export const endsRun = (error: unknown): boolean => failureReach[failureOf(error).kind].ends === 'run';
