import { z } from 'zod';
import type { TargetAttributes } from '../../core/profile.ts';
import { Data } from './json.ts';
import { LabelWire } from './labels.ts';

const Count = z.int().nonnegative();
const ValueRule = z.object({ maxLength: Count, unit: z.enum(['characters', 'bytes', 'JSON bytes']) });

/** What a target can hold, as the preview of a mapping needs it. */
const RulesWire: z.ZodType<TargetAttributes> = z.object({
  fields: z.record(z.string(), ValueRule),
  userProperty: z
    .object({
      name: z.object({
        maxLength: Count,
        unit: z.enum(['characters', 'bytes']),
        pattern: z.string(),
        takes: z.string(),
      }),
      value: ValueRule,
    })
    .nullable(),
});

/** Real people with all that the source offers of them, and what is remembered of their accounts. */
export const SampleWire = z.object({
  version: z.int(),
  people: z.array(
    z.object({
      person: z.string(),
      label: LabelWire,
      attributes: Data,
      targets: z.record(
        z.string(),
        z.object({
          account: z.string(),
          values: z.record(z.string(), z.string().nullable()),
          ours: z.array(z.string()),
        }),
      ),
    }),
  ),
  paths: z.array(z.string()),
  rules: z.record(z.string(), RulesWire),
});
export type SampleWire = z.infer<typeof SampleWire>;
