import { z } from 'zod';
import { runModes } from '../../core/report/report.ts';
import { spanMs } from '../../core/schedules/schedule.ts';

/** A span of time with its unit. */
const span = (pattern: RegExp, examples: string) =>
  z
    .string({ error: `must be a duration with its unit, such as ${examples}` })
    .regex(pattern, { error: `must be a duration such as ${examples}`, abort: true });

/** How long a run of everybody waits for an unavailable party: up to a week; `0m` means no waiting. */
export const patienceSchema = span(/^\d{1,5}[smhd]$/, '30m, 1h or 6h')
  .refine((text) => spanMs(text) <= spanMs('7d'), 'must be at most 7d')
  .default('1h');

const mode = z.enum(runModes).default('full');

/** One schedule: at set times in a time zone, or at an interval. `checkSchedules` knows whether the scheduler takes it. */
export const scheduleSchema = z.union([
  z.strictObject({ cron: z.string(), timeZone: z.string().default('UTC'), mode }),
  z.strictObject({
    every: span(/^[1-9]\d{0,4}[mhd]$/, '15m, 4h or 1d'),
    mode,
  }),
]);

/** One entry under `schedules`. */
export type ScheduleSettings = z.infer<typeof scheduleSchema>;
