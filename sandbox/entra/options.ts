import { z } from 'zod';

/** What control can switch on the Graph stand-in while it runs. */
export const entraOptions = z.strictObject({
  mayReadUsers: z.boolean().default(true),
  longestUrl: z.int().default(2048),
  /** Milliseconds a page link lives. */
  cursorLife: z.int().optional(),
  /** Every so many pages one is empty and still links on. */
  emptyPageEvery: z.int().min(2).optional(),
});

/** The options in force. */
export type EntraOptions = z.infer<typeof entraOptions>;
