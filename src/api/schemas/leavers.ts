import { z } from 'zod';
import { leaverKinds } from '../../core/report/leaver-counts.ts';
import { called } from './labels.ts';

const Moment = z.iso.datetime();

/** How somebody left. */
export const LeaverKindWire = z.enum(leaverKinds);

/** A leaver at one target: since when, and what becomes of the values there. */
const LeaverWire = z.object({
  target: z.string(),
  person: z.string(),
  ...called,
  kind: LeaverKindWire,
  since: Moment,
  state: z
    .enum(['kept', 'waiting', 'due', 'cleared'])
    .describe('kept for good; cleared when the period is over; cleared'),
  clearAt: Moment.nullable().describe('when the values are due to be cleared; null if they are kept'),
  clearedAt: Moment.nullable(),
  attributes: z.int().nonnegative().describe('how many attributes of the account the connector owns'),
});
export type LeaverWire = z.infer<typeof LeaverWire>;

/** A page of leavers; `next` asks for the next page. */
export const LeaverPageWire = z.object({ leavers: z.array(LeaverWire), next: z.string().nullable() });
