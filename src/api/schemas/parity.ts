import { z } from 'zod';
import { AttributeIdWire } from './runs.ts';

const Standing = z.object({
  people: z.int().nonnegative(),
  examples: z.array(z.string()).describe('some of them, by source id'),
});

/** How what a run read at its targets compares with the directory, attribute by attribute. */
export const ParityWire = z.object({
  run: z.string(),
  attributes: z.array(
    z.object({
      target: z.string(),
      attribute: AttributeIdWire,
      equal: Standing,
      alike: Standing.describe('the same except for case or spaces'),
      different: Standing,
      missing: Standing.describe('the directory has a value, the target has none'),
      extra: Standing.describe('the target has a value, the directory has none'),
    }),
  ),
});
export type ParityWire = z.infer<typeof ParityWire>;
