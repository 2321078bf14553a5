import { z } from 'zod';
import { Data, JsonWire } from './json.ts';
import { LabelWire, NamesWire } from './labels.ts';
import { toldReason } from './reasons.ts';

const Moment = z.iso.datetime();

/** What every answer says of a connector. */
const connectorSummary = {
  id: z.string(),
  version: z.int(),
  managedBy: z.enum(['file', 'api']),
  changedBy: z.string(),
  changedAt: Moment,
  comment: z.string().nullable(),
};

/** All connectors, without their definitions. */
export const ConnectorListWire = z.object({ connectors: z.array(z.object(connectorSummary)) });

/** One thing wrong or doubtful in a document: where, what, and what would be right. */
export const ProblemOfDocument = z.object({
  severity: z.enum(['error', 'warning']),
  path: z.string(),
  message: z.string(),
  remedy: z.string(),
});

/** Whether a definition can be stored, and everything wrong or doubtful in it. */
export const CheckedWire = z.object({ ok: z.boolean(), problems: z.array(ProblemOfDocument) });

/** A connector with its present definition; secrets are references in it, never values. */
export const ConnectorWire = z.object({ ...connectorSummary, definition: Data });

/** A connector as it was stored, with what is doubtful in it. */
export const StoredConnectorWire = z.object({
  ...connectorSummary,
  definition: Data,
  warnings: z.array(ProblemOfDocument),
});

/** The versions of a connector, newest first. */
export const VersionListWire = z.object({
  versions: z.array(
    z.object({ version: z.int(), by: z.string(), at: z.iso.datetime(), comment: z.string().nullable() }),
  ),
});

/** How one version of a connector differs from another. */
export const VersionDiffWire = z.object({
  connector: z.string(),
  from: z.int(),
  to: z.int(),
  differences: z.array(z.object({ path: z.string(), before: JsonWire, after: JsonWire })),
});
export type VersionDiffWire = z.infer<typeof VersionDiffWire>;

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
  ...toldReason,
});
export type TargetExplanationWire = z.infer<typeof TargetExplanationWire>;

/** What a run would do for one person. `unsaved` says that a mapping not stored was taken instead of the version's. */
export const ExplanationWire = z.object({
  connector: z.string(),
  version: z.int(),
  unsaved: z.boolean(),
  person: z.string(),
  label: LabelWire.nullable(),
  names: NamesWire,
  source: z.record(z.string(), JsonWire),
  scope: z.boolean(),
  targets: z.record(z.string(), TargetExplanationWire),
});
export type ExplanationWire = z.infer<typeof ExplanationWire>;

/** The attributes a source offers, each with its type and one value seen. */
export const SourceAttributesWire = z.object({
  attributes: z.array(z.object({ path: z.string(), type: z.string(), example: JsonWire })),
});

const Line = z.object({ what: z.string(), ok: z.boolean(), found: z.string(), remedy: z.string().optional() });

/** What was looked at for a connector, in the order in which one thing builds on the other. */
export const ConnectorCheckWire = z.object({ source: z.array(Line), targets: z.record(z.string(), z.array(Line)) });
export type ConnectorCheckWire = z.infer<typeof ConnectorCheckWire>;

const AssumedWire = z.object({
  lines: z.array(
    z.object({
      id: z.string(),
      what: z.string(),
      state: z.enum(['holds', 'doesNot', 'notSeen']),
      found: z.string(),
    }),
  ),
  evidence: z.object({
    kind: z.string(),
    account: z.string(),
    exchanges: z.array(
      z.object({
        request: z.object({ method: z.string(), path: z.string() }),
        answer: z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() }),
      }),
    ),
  }),
});
export type AssumedWire = z.infer<typeof AssumedWire>;

/** Everything Attune relies on at the source and at each target, by the ids of its page, and the masked evidence. */
export const AssumptionsWire = z.object({ source: AssumedWire, targets: z.record(z.string(), AssumedWire) });
export type AssumptionsWire = z.infer<typeof AssumptionsWire>;

/** A connector under its new id. */
export const RenamedWire = z.object({ connector: z.string(), previously: z.string() });

/** In how many accounts a connector gave something free. */
export const ReleasedWire = z.object({ connector: z.string(), accounts: z.int() });

/** A link made by hand. */
export const LinkWire = z.object({ person: z.string(), account: z.string() });
