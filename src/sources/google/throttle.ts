import type { Answer, ThrottleOf } from '../../http/http.ts';
import { retryAfter } from '../../http/waits.ts';
import { reasonOf } from './reason.ts';

/** What a limited rate is called; any other 403 is a right that is missing (Directory API: limits and quotas). */
const limited: ReadonlySet<string> = new Set(['userRateLimitExceeded', 'rateLimitExceeded', 'quotaExceeded']);

const leastMs = 1_500;
const spreadMs = 1_500;

/** Google's dialect: 403 with a reason, or 429, mostly without a wait; the wait is then short and differs by chance. */
export const throttledByReason: ThrottleOf = (answer: Answer, now: number) => {
  const isLimited = answer.status === 429 || (answer.status === 403 && limited.has(reasonOf(answer)));
  if (!isLimited) return null;
  return { waitMs: retryAfter(answer.header('retry-after'), now) ?? leastMs + Math.random() * spreadMs };
};
