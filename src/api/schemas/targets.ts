import { z } from 'zod';
import { keptReasons } from '../../core/report/kept.ts';
import { JsonWire } from './json.ts';

/** Where the current value in an account comes from; `rows` are those of the version that wrote it. */
export const ValueOriginWire = z.object({
  account: z.string(),
  attribute: z.string(),
  value: z.string().nullable(),
  origin: z.enum(['written', 'adopted', 'foreign', 'changedSince', 'unknown', 'forgotten']),
  connector: z.string().nullable(),
  person: z.string().nullable(),
  write: z
    .object({
      value: z.string().nullable(),
      before: z.string().nullable(),
      run: z.string(),
      version: z.int(),
      row: z.int().nullable(),
      startedBy: z.string(),
      at: z.iso.datetime(),
    })
    .nullable(),
  kept: z.enum(keptReasons).nullable().default(null),
  lastSeen: z.object({ run: z.string(), at: z.iso.datetime() }).nullable(),
});

/** The same with the row that gave the value; all rows of the attribute in the present version where none wrote it. */
export const WhyWire = ValueOriginWire.extend({
  version: z.int().nullable(),
  rows: z.array(z.object({ row: z.int(), when: z.string().nullable(), from: JsonWire })),
});
export type WhyWire = z.infer<typeof WhyWire>;

const Line = z.object({ what: z.string(), ok: z.boolean(), found: z.string(), remedy: z.string().optional() });
const Count = z.int().nonnegative();

/** A target: what is set for it, how much of it is in use now, what it got lately, and what was last seen of it. */
export const TargetWire = z.object({
  id: z.string(),
  kind: z.string(),
  url: z.string().nullable(),
  connectors: z.array(z.string()),
  inFlight: Count.nullable(),
  writeHours: z.object({ from: z.string(), to: z.string(), timeZone: z.string() }).nullable(),
  slots: z.object({ used: Count, waiting: Count }),
  /** HTTP requests of the last 24 hours. */
  requests: z.object({ login: Count, listing: Count, read: Count, write: Count }),
  /** How often it has asked for a wait (HTTP 429), of all requests that runs have ever sent to it. */
  throttled: z.object({ answers: Count, of: Count }),
  /** Since when runs wait for it, and what it said; null while no run does. */
  away: z.object({ since: z.iso.datetime(), said: z.string() }).nullable(),
  checks: z.array(
    z.object({
      connector: z.string(),
      at: z.iso.datetime(),
      by: z.string(),
      ok: z.boolean(),
      lines: z.array(Line),
    }),
  ),
});
export type TargetWire = z.infer<typeof TargetWire>;

/** All targets of all connectors. */
export const TargetListWire = z.object({ targets: z.array(TargetWire) });
export type TargetListWire = z.infer<typeof TargetListWire>;
