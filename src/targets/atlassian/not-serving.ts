import { Failure } from '../../core/failure.ts';
import { describe } from './answers.ts';
import type { Answer } from './wire.ts';

/** A blocked account may be told to wait for ages; an hour later the answer may already be another. */
const longestWaitMs = 3_600_000;
const usualWaitMs = 10_000;

/** The failure of an answer that says "not now": 429 with its wait, or 5xx; null for every other answer. */
export const notServing = (answer: Answer, party: string): Failure | null => {
  const waitMs = waitOf(answer.header('retry-after'), Date.now());
  if (answer.status === 429) {
    return new Failure('throttled', `${party} limits the rate of ${describe(answer)}.`, {
      party,
      status: 429,
      waitMs: waitMs ?? usualWaitMs,
      remedy: 'Exempt the service account from rate limiting, or lower inFlight.',
    });
  }
  if (answer.status < 500) return null;
  return new Failure('unavailable', `${party} answers ${answer.status} to ${describe(answer)}.`, {
    party,
    status: answer.status,
    ...(waitMs === null ? {} : { waitMs }),
    remedy: 'It may be starting, in maintenance or overloaded; the run goes on when it is back.',
  });
};

/** Reads Retry-After: seconds (a fraction too) or a date; null when it says nothing usable. */
export const waitOf = (header: string | undefined, now: number): number | null => {
  if (header === undefined || header.trim() === '') return null;
  const seconds = Number(header);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(waitMs) || waitMs < 0 ? null : Math.min(Math.ceil(waitMs), longestWaitMs);
};
