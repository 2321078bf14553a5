import { z } from 'zod';
import { JsonWire } from './json.ts';
import { toldReason } from './reasons.ts';
import {
  AttributeIdWire,
  Count,
  DecisionWire,
  FigureWire,
  Moment,
  RunIntentWire,
  RunModeWire,
  RunStatusWire,
} from './runs.ts';

/** A part of a plan: an attribute everywhere, a whole target, or one attribute of one target. */
export const PlanPartWire = z
  .strictObject({ target: z.string().min(1).exactOptional(), attribute: z.string().min(1).exactOptional() })
  .refine(({ target, attribute }) => target !== undefined || attribute !== undefined, {
    message: 'names neither a target nor an attribute',
  });

/**
 * What applying the rest of a plan takes. Requests are those sent while nothing has moved and each write is answered
 * within a second; null for a target that the document does not have today. Other nulls: no run has written to a target yet
 * that could be measured.
 *
 * @public named by the description of the API
 */
export const ForecastWire = z.object({
  requests: z.record(z.string(), z.object({ reads: Count, writes: Count }).nullable()),
  seconds: z.number().nonnegative().nullable(),
  /** When writing first has to wait for the hours of a target. */
  pausesAt: Moment.nullable(),
  endsAt: Moment.nullable(),
});

/** The plan of a run: what it would do or did, by which figures it was judged, and why it is probably as it is. */
export const PlanWire = z.object({
  run: z.string(),
  connector: z.string(),
  version: z.int(),
  mode: RunModeWire,
  intent: RunIntentWire,
  status: RunStatusWire,
  person: z.string().nullable(),
  /** Names the plan for a decision: send it as If-Match. Null for a run that holds no plan. */
  digest: z.string().nullable(),
  expiresAt: Moment.nullable(),
  expired: z.boolean(),
  /** Whether somebody may decide over it now. */
  decidable: z.boolean(),
  judged: z.boolean(),
  sentence: z.string(),
  cause: z.string(),
  people: Count,
  changes: Count,
  figures: z.array(FigureWire),
  attributes: z.array(
    z.object({
      target: z.string(),
      attribute: AttributeIdWire,
      filled: Count,
      replaced: Count,
      cleared: Count,
      foreign: Count,
      leftOut: Count,
      open: Count,
      breach: z.boolean(),
    }),
  ),
  sinceApplied: z
    .object({
      run: z.string(),
      version: z.int(),
      differences: z.array(z.object({ path: z.string(), before: JsonWire, after: JsonWire })),
      directory: z.object({ before: Count.nullable(), now: Count.nullable() }),
    })
    .nullable(),
  /** What has moved on since: a newer version of the document, a newer run that was carried out. */
  stale: z.object({ version: z.int().nullable(), newerRun: z.string().nullable() }),
  forecast: ForecastWire,
  heldFrom: z.string().nullable(),
  holds: z.string().nullable(),
  supersededBy: z.string().nullable(),
  note: z.string().nullable(),
  decision: DecisionWire.nullable(),
});
export type PlanWire = z.infer<typeof PlanWire>;

/** The kinds of change of one attribute, the commonest first, and what it brings that no account holds there today. */
export const ChangeKindsWire = z.object({
  kinds: z.array(z.object({ before: z.string().nullable(), after: z.string().nullable(), people: Count })),
  rest: z.object({ kinds: Count, people: Count }),
  newValues: z.object({ distinct: Count, unknownToAttribute: Count }),
});
export type ChangeKindsWire = z.infer<typeof ChangeKindsWire>;

/** Why people of a run ended as they did, counted. */
export const ReasonCountsWire = z.object({
  reasons: z.array(
    z.object({
      target: z.string(),
      outcome: z.string(),
      people: Count,
      reason: toldReason.reason,
      sentence: toldReason.sentence,
      remedy: toldReason.remedy,
    }),
  ),
});
export type ReasonCountsWire = z.infer<typeof ReasonCountsWire>;

/** Changes that plans waiting for a decision hold for one person. */
export const HeldChangesWire = z.object({
  person: z.string(),
  changes: z.array(z.object({ run: z.string(), target: z.string(), attribute: AttributeIdWire })),
});
export type HeldChangesWire = z.infer<typeof HeldChangesWire>;
