import { z } from 'zod';

/** How Okta's stand-in behaves beyond the rules; control changes it while it runs. */
export const oktaOptions = z.strictObject({
  /** Whether the token's administrator role may read users, groups and the schema. */
  mayReadUsers: z.boolean().default(true),
  mayReadGroups: z.boolean().default(true),
  mayReadSchema: z.boolean().default(true),
  /** Whether the API token is still good: it ends with its owner, or after 30 days without use. */
  apiTokenIsGood: z.boolean().default(true),
  /** The bucket of `/api/v1/users`, and how many requests may be under way; none by default. */
  requestsPerMinute: z.int().min(1).optional(),
  atOnce: z.int().min(1).optional(),
  /** How long a page link is known. */
  cursorLife: z.number().min(0).optional(),
  /** How long an edit stays unseen by `search`. */
  searchDelay: z.number().min(0).default(0),
});

/** The options of Okta's stand-in. */
export type OktaOptions = z.infer<typeof oktaOptions>;
