import { z } from 'zod';

const timeZone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'must be a time zone such as Europe/Berlin');

const mode = z.enum(['full', 'delta', 'verify']).default('full');

/** One schedule: by the clock of a place, or every so often. */
export const scheduleSchema = z.union([
  z.strictObject({
    cron: z.string().regex(/^\S+( \S+){4}$/, 'must have the five parts of cron, such as "0 2 * * *"'),
    timeZone: timeZone.default('UTC'),
    mode,
  }),
  z.strictObject({
    every: z.string().regex(/^[1-9]\d{0,4}[mhd]$/, 'must be a span such as 15m, 4h or 1d'),
    mode,
  }),
]);

/** One entry under `schedules`. */
export type ScheduleSettings = z.infer<typeof scheduleSchema>;
