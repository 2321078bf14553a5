import { setTimeout } from 'node:timers/promises';
import type { Call } from '../core/call.ts';
import type { Failure } from '../core/failure.ts';
import type { Answer, ThrottleOf } from './http.ts';

/** A blocked client may be told to wait for days; an hour later the answer may already be different. */
const longestWaitMs = 3_600_000;
/** The wait where a server limits the rate and names none. */
export const usualWaitMs = 10_000;
const longestShortWaitMs = 3_000;
const leastWaitMs = 50;

/** Keeps a wait within what is worth obeying. */
export const boundedWait = (waitMs: number): number => Math.min(Math.max(Math.ceil(waitMs), 0), longestWaitMs);

/** Reads Retry-After: seconds (a fraction too) or a date; null when it says nothing usable. */
export const retryAfter = (header: string | undefined, now: number): number | null => {
  if (header === undefined || header.trim() === '') return null;
  const seconds = Number(header);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(waitMs) || waitMs < 0 ? null : boundedWait(waitMs);
};

/** The common dialect: 429, or 503 and 504 with Retry-After. */
export const throttledByRetryAfter: ThrottleOf = (answer: Answer, now: number) => {
  const waitMs = retryAfter(answer.header('retry-after'), now);
  if (answer.status === 429) return { waitMs: waitMs ?? usualWaitMs };
  return (answer.status === 503 || answer.status === 504) && waitMs !== null ? { waitMs } : null;
};

/** Waits in place what is soon over; a longer wait is the caller's, who can do something else meanwhile. */
export const shortWait = async (trouble: Failure, call: Call, now: () => number): Promise<void> => {
  const { waitMs } = trouble.facts;
  if (trouble.kind !== 'throttled' || waitMs === undefined || waitMs > longestShortWaitMs) throw trouble;
  if (now() + waitMs > call.deadline) throw trouble;
  await setTimeout(Math.max(waitMs, leastWaitMs), undefined, { signal: call.signal });
};
