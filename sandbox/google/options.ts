import { z } from 'zod';

/** How Google's stand-in behaves beyond the rules; control changes it while it runs. */
export const googleOptions = z.strictObject({
  /** Whether the administrator acted for may read users and groups. */
  mayReadUsers: z.boolean().default(true),
  mayReadGroups: z.boolean().default(true),
  /** Queries in a minute, and how a limited rate is called. */
  queriesPerMinute: z.int().min(1).default(2_400),
  limitedReason: z
    .enum(['userRateLimitExceeded', 'rateLimitExceeded', 'quotaExceeded'])
    .default('userRateLimitExceeded'),
  /** The custom schemas of the customer; another one is an invalid input. */
  schemas: z.array(z.string()).default(['Employment']),
  /** How long one listing may be paged. */
  pagingLife: z.number().min(0).default(3_600_000),
});

/** The options of Google's stand-in. */
export type GoogleOptions = z.infer<typeof googleOptions>;
