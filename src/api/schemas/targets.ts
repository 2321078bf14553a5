import { z } from 'zod';
import { JsonWire } from './json.ts';

/** Where a value that stands in an account comes from; `rows` are those of the version that wrote it. */
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
  kept: z.enum(['tooLong', 'cut', 'noTransform']).nullable().default(null),
  lastSeen: z.object({ run: z.string(), at: z.iso.datetime() }).nullable(),
});

/** The same with the row that gave the value; all rows of the attribute in the present version where none wrote it. */
export const WhyWire = ValueOriginWire.extend({
  version: z.int().nullable(),
  rows: z.array(z.object({ row: z.int(), when: z.string().nullable(), from: JsonWire })),
});
export type WhyWire = z.infer<typeof WhyWire>;
