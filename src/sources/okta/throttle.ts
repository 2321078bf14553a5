import type { Answer, ThrottleOf } from '../../http/http.ts';
import { boundedWait, retryAfter, usualWaitMs } from '../../http/waits.ts';

/** A second more than the clocks say, as Okta's own clients wait. */
const marginMs = 1_000;

/**
 * Okta's dialect: 429 with the epoch second at which the window begins anew, to be held against the answer's own Date
 * (Okta: rate limits). A 429 for too many requests at once has a limit and a remainder of 0, and its reset says nothing.
 */
export const throttledByReset: ThrottleOf = (answer: Answer, now: number) => {
  if (answer.status !== 429) return null;
  const asked = retryAfter(answer.header('retry-after'), now);
  if (asked !== null) return { waitMs: asked };
  const reset = Number(answer.header('x-rate-limit-reset'));
  const atOnce = answer.header('x-rate-limit-limit') === '0' && answer.header('x-rate-limit-remaining') === '0';
  if (atOnce || !Number.isFinite(reset) || reset <= 0) return { waitMs: atOnce ? marginMs : usualWaitMs };
  const served = Date.parse(answer.header('date') ?? '');
  return { waitMs: boundedWait(reset * 1_000 - (Number.isNaN(served) ? now : served) + marginMs) };
};
