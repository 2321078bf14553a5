import { z } from 'zod';
import { RunModeWire } from './runs.ts';

/**
 * A schedule of a connector: its description, whether it is set and paused, until when, and its next times (none while
 * it is paused without an end).
 */
export const ScheduleWire = z.object({
  name: z.string(),
  text: z.string(),
  mode: RunModeWire,
  timeZone: z.string().nullable(),
  isSet: z.boolean(),
  paused: z.boolean(),
  until: z.iso.datetime().nullable(),
  note: z.string().nullable(),
  next: z.array(z.iso.datetime()),
});
export type ScheduleWire = z.infer<typeof ScheduleWire>;

/** The schedules of a connector, in the document's order. */
export const ScheduleListWire = z.object({ schedules: z.array(ScheduleWire) });
export type ScheduleListWire = z.infer<typeof ScheduleListWire>;
