import { z } from 'zod';

/** What control can switch on the Graph stand-in while it runs. */
export const entraOptions = z.strictObject({
  mayReadUsers: z.boolean().default(true),
  mayReadGroups: z.boolean().default(true),
  /** Whether the application has AuditLog.Read.All, which signInActivity needs. */
  mayReadSignIns: z.boolean().default(false),
  longestUrl: z.int().default(2048),
  /** Milliseconds a page link lives. */
  cursorLife: z.int().optional(),
  /** Every so many pages one is empty and still links on. */
  emptyPageEvery: z.int().min(2).optional(),
  /** How many people or changes a page of changes holds at most; Graph promises no number. */
  deltaPage: z.int().min(1).default(200),
  /** Graph has begun the changes anew: every delta token is answered 410. */
  deltaReset: z.boolean().default(false),
  /** Resource units in ten seconds; by the size of the tenant unless set. */
  resourceUnits: z.int().min(1).optional(),
});

/** The options in force. */
export type EntraOptions = z.infer<typeof entraOptions>;
