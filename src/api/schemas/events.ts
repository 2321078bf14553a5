import { z } from 'zod';
import { ProgressWire, RunSummaryWire } from './runs.ts';

/** One event of the stream; `event` is its name there, the rest its data. */
export const LiveEventWire = z.discriminatedUnion('event', [
  z.object({ event: z.literal('run'), run: RunSummaryWire }),
  z.object({ event: z.literal('progress'), progress: ProgressWire }),
  z.object({ event: z.literal('connector'), id: z.string(), version: z.int() }),
  z.object({ event: z.literal('held'), count: z.int().nonnegative() }),
]);
export type LiveEventWire = z.infer<typeof LiveEventWire>;
