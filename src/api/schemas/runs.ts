import { z } from 'zod';
import { failureKinds } from '../../core/failure.ts';
import { readProofs } from '../../core/people/read-proof.ts';
import { guardRuleNames } from '../../core/plan/guard.ts';
import { keptReasons } from '../../core/report/kept.ts';
import { type Outcome, outcomes } from '../../core/report/outcome.ts';
import type { RunProgress } from '../../core/report/progress.ts';
import { type Report, runIntents, runModes, runStatuses } from '../../core/report/report.ts';

/** How many there are. */
export const Count = z.int().nonnegative();
/** A moment, in UTC. */
export const Moment = z.iso.datetime();

/** How a run reads its source. */
export const RunModeWire = z.enum(runModes);
/** Whether a run may write. */
export const RunIntentWire = z.enum(runIntents);
/** The states of a run. */
export const RunStatusWire = z.enum(runStatuses);
const RunPhaseWire = z.enum(['open', 'read', 'accounts', 'plan', 'judge', 'apply', 'close', 'ended']);
const RunFailure = z.object({ kind: z.enum(failureKinds), message: z.string() });

/** An attribute of an account: a fixed field of the product, or a name the admin chose. */
export const AttributeIdWire = z.union([
  z.templateLiteral(['field:', z.string()]),
  z.templateLiteral(['userProperty:', z.string()]),
]);

const breach = {
  rule: z.enum(guardRuleNames),
  target: z.string().nullable(),
  attribute: AttributeIdWire.nullable(),
  found: Count,
  of: Count,
  /** What is let through; one more is a breach. */
  limit: Count,
  /** The span of the window counted, this run included; null for this run alone. */
  over: z.string().nullable(),
};

/** One figure that the guard judged a plan by. */
export const FigureWire = z.object({ ...breach, breach: z.boolean() });

const Verdict = z.object({ figures: z.array(FigureWire), breaches: z.array(z.object(breach)) });

/** What rows could not write unchanged. */
const Kept = z.object({
  attribute: AttributeIdWire,
  reason: z.enum(keptReasons),
  people: Count,
  values: Count,
});

/** How accounts that were read compare with the directory, in people. */
const Parity = z.object({
  attribute: AttributeIdWire,
  equal: Count,
  alike: Count,
  different: Count,
  missing: Count,
  extra: Count,
});

const Calls = z.object({ login: Count, listing: Count, read: Count, write: Count });
const changed = { set: Count, cleared: Count };
const outcomeCounts: Record<Outcome, typeof Count> = {
  unchanged: Count,
  updated: Count,
  planned: Count,
  unmatched: Count,
  ambiguous: Count,
  outOfScope: Count,
  skipped: Count,
  failed: Count,
};

/** Who decided over a plan, when, why, and without which parts. */
export const DecisionWire = z.object({
  decision: z.enum(['approved', 'rejected']),
  by: z.string(),
  at: Moment,
  comment: z.string().nullable(),
  without: z.array(z.object({ target: z.string().exactOptional(), attribute: z.string().exactOptional() })).readonly(),
});

/** How many people ended for one reason. */
const ReasonCounted = z.object({
  outcome: z.enum(outcomes),
  reason: z.string(),
  said: z.string().nullable(),
  people: Count,
});

/** Who has left, as far as a run could tell. */
const Leavers = z.object({
  disabled: Count,
  outOfScope: Count,
  deleted: Count,
  unanswered: Count,
  waiting: Count,
  next: Moment.nullable(),
  due: Count,
  unread: Count,
});

/**
 * What a run did, as it leaves the API.
 *
 * @public named by the description of the API
 */
export const ReportWire: z.ZodType<Report> = z.object({
  run: z.string(),
  connector: z.string(),
  mode: RunModeWire,
  intent: RunIntentWire,
  status: RunStatusWire,
  read: z.object({
    users: Count,
    pages: Count,
    complete: z.boolean(),
    proof: z.enum(readProofs),
    calls: Calls,
  }),
  targets: z.record(
    z.string(),
    z.object({
      ...outcomeCounts,
      changes: z.object(changed),
      adopted: Count,
      calls: Calls,
      kept: z.array(Kept),
      reasons: z.array(ReasonCounted),
      parity: z.array(Parity),
      leavers: Leavers.nullable(),
    }),
  ),
  guard: Verdict.nullable(),
  heldFrom: z.string().nullable(),
  holds: z.string().nullable(),
  /** The run whose failed and skipped people it tried again. */
  retryOf: z.string().nullable(),
  decision: DecisionWire.nullable(),
  failures: z.object({ new: Count, known: Count }),
  forecast: z.object({ people: Count, ...changed }).nullable(),
  failure: RunFailure.nullable(),
  warnings: z.array(z.string()),
  durationMs: z.number().nonnegative(),
  waitedMs: z.number().nonnegative(),
});

/** The progress of a run, as the API returns it. */
export const ProgressWire: z.ZodType<RunProgress> = z.object({
  run: z.string(),
  connector: z.string(),
  status: RunStatusWire,
  phase: RunPhaseWire,
  users: z.object({ read: Count, expected: Count.nullable() }),
  people: z.object({ toPlan: Count, planned: Count }),
  changes: z.object({ planned: Count, decided: Count }),
  calls: Count,
  elapsedMs: z.number().nonnegative(),
  waitedMs: z.number().nonnegative(),
  waitingFor: z.array(z.object({ party: z.string(), since: Moment, until: Moment.nullable(), said: z.string() })),
});

const runSummary = {
  id: z.string(),
  connector: z.string(),
  version: z.int(),
  mode: RunModeWire,
  intent: RunIntentWire,
  person: z.string().nullable(),
  workflowId: z.string(),
  startedBy: z.string(),
  status: RunStatusWire,
  phase: z.string(),
  startedAt: Moment,
  finishedAt: Moment.nullable(),
  planExpiresAt: Moment.nullable(),
  failure: RunFailure.nullable(),
  note: z.string().nullable(),
  planDigest: z.string().nullable(),
  heldFrom: z.string().nullable(),
  holds: z.string().nullable(),
  supersededBy: z.string().nullable(),
  /** The run whose failed and skipped people it tries again. */
  retryOf: z.string().nullable(),
  decision: DecisionWire.nullable(),
  /** How its people ended, over all targets; null as long as it has no report. */
  outcomes: z.object(outcomeCounts).nullable(),
  changes: z.object(changed).nullable(),
  newFailures: Count.nullable(),
  /** How long it worked, and how long its plan waited for a decision; null as long as it has no report. */
  workMs: z.number().nonnegative().nullable(),
  waitedMs: z.number().nonnegative().nullable(),
};

/** A run in a list; `person` is the source id when it was started for one person. */
export const RunSummaryWire = z.object(runSummary);
export type RunSummaryWire = z.infer<typeof RunSummaryWire>;

/** A run with everything known of it: the report once it has ended, the progress before. */
export const RunWire = z.object({
  ...runSummary,
  report: ReportWire.nullable(),
  progress: ProgressWire.nullable(),
});
export type RunWire = z.infer<typeof RunWire>;

/** A page of runs; `next` asks for the next page. */
export const RunListWire = z.object({ runs: z.array(RunSummaryWire), next: z.string().nullable() });

/** The answer to a start: where to look from now on. */
export const StartedWire = z.object({ run: z.string(), workflowId: z.string() });

/** The same for a plan that was let through, and what whoever did so should know. */
export const ApprovedWire = z.object({ ...StartedWire.shape, notes: z.array(z.string()) });
