import { z } from 'zod';

const mode = z.enum(['full', 'delta', 'verify']).default('full');

/** One schedule: by the clock of a place, or every so often. `checkSchedules` knows whether the scheduler takes it. */
export const scheduleSchema = z.union([
  z.strictObject({ cron: z.string(), timeZone: z.string().default('UTC'), mode }),
  z.strictObject({
    every: z
      .string({ error: 'must be a span with its unit, such as 15m, 4h or 1d' })
      .regex(/^[1-9]\d{0,4}[mhd]$/, 'must be a span such as 15m, 4h or 1d'),
    mode,
  }),
]);

/** One entry under `schedules`. */
export type ScheduleSettings = z.infer<typeof scheduleSchema>;
