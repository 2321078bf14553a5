import type { Clock } from '../clock.ts';
import type { AtlassianOptions } from './options.ts';

/** What one more request of an account costs: whether it may pass, and the headers that tell how many are left. */
export type Metered = { passes: boolean; headers: Record<string, string> };

/**
 * The products' token bucket, for each account and node (docs: "rate limiting HTTP headers"): the headers come on every
 * counted answer, `Retry-After` is 0 while tokens remain.
 */
export const createRateLimit = (clock: Clock) => {
  const buckets = new Map<string, { tokens: number; filledAt: number }>();
  return (who: string, { rateLimit }: AtlassianOptions): Metered => {
    if (rateLimit === undefined) return { passes: true, headers: {} };
    const { limit, fillRate, intervalSeconds } = rateLimit;
    const interval = intervalSeconds * 1000;
    const bucket = buckets.get(who) ?? { tokens: limit, filledAt: clock.now() };
    buckets.set(who, bucket);
    const fills = Math.floor((clock.now() - bucket.filledAt) / interval);
    bucket.tokens = Math.min(limit, bucket.tokens + fills * fillRate);
    bucket.filledAt += fills * interval;
    const passes = bucket.tokens > 0;
    if (passes) bucket.tokens -= 1;
    const wait = bucket.tokens > 0 ? 0 : Math.ceil((bucket.filledAt + interval - clock.now()) / 1000);
    return {
      passes,
      headers: {
        'x-ratelimit-limit': `${limit}`,
        'x-ratelimit-remaining': `${bucket.tokens}`,
        'x-ratelimit-fillrate': `${fillRate}`,
        'x-ratelimit-interval-seconds': `${intervalSeconds}`,
        'retry-after': `${wait}`,
      },
    };
  };
};
