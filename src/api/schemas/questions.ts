import { z } from 'zod';

const Desired = z.union([
  z.object({ do: z.literal('set'), value: z.string(), overwrite: z.enum(['always', 'ifEmpty', 'onlyOurs']) }),
  z.object({ do: z.literal('clear'), whose: z.enum(['ours', 'any']) }),
  z.object({ do: z.literal('keep') }),
]);

const Step = z.union([
  z.object({ target: z.string().nullable(), step: z.literal('scope'), holds: z.boolean() }),
  z.object({
    target: z.string().nullable(),
    step: z.literal('match'),
    by: z.enum(['username', 'email']),
    values: z.array(z.string()),
  }),
  z.object({
    target: z.string().nullable(),
    step: z.literal('row'),
    row: z.int(),
    attribute: z.string(),
    decision: z.union([Desired, z.literal('skipUser')]).nullable(),
    why: z.string(),
    found: z.array(z.string()),
    transformed: z.array(z.array(z.string().nullable())),
  }),
]);

/** What a run would do for one person at one target, and every step on the way. */
export const TargetExplanationWire = z.object({
  steps: z.array(Step),
  attempts: z.array(z.object({ by: z.enum(['username', 'email']), value: z.string(), hits: z.array(z.string()) })),
  account: z.object({ username: z.string(), by: z.enum(['byHand', 'remembered', 'match']) }).nullable(),
  current: z.enum(['read', 'remembered']).nullable(),
  attributes: z.array(
    z.object({
      attribute: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      decision: z.enum(['set', 'clear', 'adopt', 'same', 'keep']),
      foreign: z.boolean(),
      why: z.string(),
    }),
  ),
  outcome: z.string(),
  reason: z.string(),
});
export type TargetExplanationWire = z.infer<typeof TargetExplanationWire>;

/** What a run would do for one person. `unsaved` says that a mapping not stored was taken instead of the version's. */
export const ExplanationWire = z.object({
  connector: z.string(),
  version: z.int(),
  unsaved: z.boolean(),
  person: z.string(),
  source: z.record(z.string(), z.json()),
  scope: z.boolean(),
  targets: z.record(z.string(), TargetExplanationWire),
});
export type ExplanationWire = z.infer<typeof ExplanationWire>;

/** The attributes a source offers, each with its type and one value seen. */
export const SourceAttributesWire = z.object({
  attributes: z.array(z.object({ path: z.string(), type: z.string(), example: z.json() })),
});

/** Where a value that stands in an account comes from; `rows` are those of the version that wrote it. */
export const ValueOriginWire = z.object({
  account: z.string(),
  attribute: z.string(),
  value: z.string().nullable(),
  origin: z.enum(['written', 'adopted', 'foreign', 'changedSince', 'unknown']),
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
  lastSeen: z.object({ run: z.string(), at: z.iso.datetime() }).nullable(),
});

/** The same with the row that gave the value; all rows of the attribute in the present version where none wrote it. */
export const WhyWire = ValueOriginWire.extend({
  version: z.int().nullable(),
  rows: z.array(z.object({ row: z.int(), when: z.string().nullable(), from: z.json() })),
});
export type WhyWire = z.infer<typeof WhyWire>;

const Line = z.object({ what: z.string(), ok: z.boolean(), found: z.string(), remedy: z.string().optional() });

/** What was looked at for a connector, in the order in which one thing builds on the other. */
export const ConnectorCheckWire = z.object({ source: z.array(Line), targets: z.record(z.string(), z.array(Line)) });
export type ConnectorCheckWire = z.infer<typeof ConnectorCheckWire>;

/** A link made by hand. */
export const LinkWire = z.object({ person: z.string(), account: z.string() });
