import { z } from 'zod';
import { AttributeIdWire, Count, FigureWire, Moment } from './runs.ts';

const Kind = z.object({
  before: z.string().nullable(),
  after: z.string().nullable(),
  people: Count,
  examples: z.array(z.string()).describe('some of them, by source id'),
});

const Attribute = z.object({
  attribute: AttributeIdWire,
  filled: Count,
  replaced: Count,
  cleared: Count,
  foreign: Count,
  unread: Count.describe('people whose account would have to be read first to tell'),
  kinds: z.array(Kind).nullable().describe('the commonest kinds of change; null without the ability `values`'),
  rest: z.object({ kinds: Count, people: Count }),
});

/** What a mapping would make of everybody as last read. */
export const WhatIfWire = z.object({
  connector: z.string(),
  version: z.int(),
  read: z.object({ run: z.string(), at: Moment, people: Count }),
  unread: z
    .array(z.object({ target: z.string(), attribute: AttributeIdWire, paths: z.array(z.string()) }))
    .describe('attributes of which the last read cannot tell, because it did not ask for these paths'),
  targets: z.record(
    z.string(),
    z.object({
      planned: Count,
      unread: Count,
      unchanged: Count,
      unlinked: Count.describe('people without a known account: a run looks for it'),
      outOfScope: Count,
      left: Count.describe('people out of scope who have an account'),
      skipped: Count,
      failed: Count,
      matchesAnew: z.boolean().describe('the match rules are others: who is matched to whom is told by a plan only'),
      attributes: z.array(Attribute),
    }),
  ),
  figures: z.array(FigureWire).describe('what the guard would count, as far as it goes by changes of one run'),
});
export type WhatIfWire = z.infer<typeof WhatIfWire>;
