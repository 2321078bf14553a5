import { z } from 'zod';
import { ProgressWire, RunSummaryWire, RunWire } from './runs.ts';

/** One event of the stream of everything; `event` is its name there, the rest its data. */
export const LiveEventWire = z.discriminatedUnion('event', [
  z.object({ event: z.literal('ready') }),
  z.object({ event: z.literal('run'), run: RunSummaryWire }),
  z.object({ event: z.literal('progress'), progress: ProgressWire }),
  z.object({ event: z.literal('connector'), id: z.string(), version: z.int() }),
  z.object({ event: z.literal('held'), count: z.int().nonnegative() }),
]);
export type LiveEventWire = z.infer<typeof LiveEventWire>;

/** One event of the stream of a run: its progress while it is running, then the run with its report. */
export const RunEventWire = z.union([
  z.object({ event: z.literal('run') }).and(RunWire),
  z.object({ event: z.literal('progress') }).and(ProgressWire),
]);
export type RunEventWire = z.infer<typeof RunEventWire>;
