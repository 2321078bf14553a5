import { z } from 'zod';
import { keptReasons } from '../../core/report/kept.ts';
import { called, NamesWire } from './labels.ts';
import { toldReason } from './reasons.ts';
import { Count } from './runs.ts';

/** One attribute value of one account that a run changed or would change. */
const ChangeWire = z.object({
  target: z.string(),
  person: z.string(),
  ...called,
  attribute: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  foreign: z.boolean(),
  status: z.string(),
  reason: z.string().nullable(),
});

/** A page of changes; `next` asks for the next page. */
export const ChangePageWire = z.object({
  changes: z.array(ChangeWire),
  /** How many there are in all, on the first page. */
  total: Count.exactOptional(),
  next: z.string().nullable(),
});
export type ChangePageWire = z.infer<typeof ChangePageWire>;

const KeptValueWire = z.object({
  target: z.string(),
  person: z.string(),
  ...called,
  attribute: z.string(),
  reason: z.enum(keptReasons),
  value: z.string(),
});

/**
 * A page of values that rows kept back; `next` asks for the next page. `forgotten` if a later run of everybody has
 * replaced them, and those of this run are no longer stored.
 */
export const KeptPageWire = z.object({
  kept: z.array(KeptValueWire),
  next: z.string().nullable(),
  forgotten: z.boolean(),
});
export type KeptPageWire = z.infer<typeof KeptPageWire>;

const OutcomeWire = z.object({
  target: z.string(),
  person: z.string(),
  ...called,
  outcome: z.string(),
  ...toldReason,
});

/** A page of outcomes; `next` asks for the next page. */
export const OutcomePageWire = z.object({
  outcomes: z.array(OutcomeWire),
  names: NamesWire,
  next: z.string().nullable(),
});
export type OutcomePageWire = z.infer<typeof OutcomePageWire>;
