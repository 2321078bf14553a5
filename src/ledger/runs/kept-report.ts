import { z } from 'zod';
import { failureKinds } from '../../core/failure.ts';
import { readProofs } from '../../core/people/read-proof.ts';
import type { TargetAttribute } from '../../core/plan/fault.ts';
import { type GuardVerdict, guardRuleNames } from '../../core/plan/guard.ts';
import { keptReasons } from '../../core/report/kept.ts';
import { type Outcome, outcomes as outcomeNames } from '../../core/report/outcome.ts';
import { type Report, runIntents, runModes, runStatuses } from '../../core/report/report.ts';
import { keptAttribute, keptJson } from '../kept-json.ts';

const count = z.int().nonnegative();
const calls = z.object({ login: count, listing: count, read: count, write: count });
const changed = { set: count, cleared: count };
const outcomes: Record<Outcome, typeof count> = {
  unchanged: count,
  updated: count,
  planned: count,
  unmatched: count,
  ambiguous: count,
  outOfScope: count,
  skipped: count,
  failed: count,
};

const failure = z.object({ kind: z.enum(failureKinds), message: z.string() });

const breach = {
  rule: z.enum(guardRuleNames),
  target: z.string().nullable(),
  attribute: keptAttribute.nullable(),
  found: count,
  of: count,
  limit: count,
  over: z.string().nullable().default(null),
};

/**
 * The guard's judgement with how many people each target had, which later runs are measured by, and the attributes at
 * fault if it has breaches.
 */
export type StoredVerdict = GuardVerdict & {
  readonly linked?: Readonly<Record<string, number>>;
  readonly atFault?: readonly TargetAttribute[];
};

const verdict = z.object({
  figures: z.array(z.object({ ...breach, breach: z.boolean() })).default([]),
  breaches: z.array(z.object(breach)),
  linked: z.record(z.string(), count).exactOptional(),
  atFault: z.array(z.object({ target: z.string(), attribute: keptAttribute })).exactOptional(),
});

const part = z.object({ target: z.string().exactOptional(), attribute: z.string().exactOptional() });
const decision = z.object({
  decision: z.enum(['approved', 'rejected']),
  by: z.string(),
  at: z.string(),
  comment: z.string().nullable(),
  without: z.array(part),
});

const leavers = z.object({
  disabled: count,
  outOfScope: count,
  deleted: count,
  unanswered: count,
  waiting: count,
  next: z.string().nullable(),
  due: count,
  unread: count,
});

const target = z.object({
  ...outcomes,
  changes: z.object(changed),
  adopted: count,
  calls,
  kept: z
    .array(z.object({ attribute: keptAttribute, reason: z.enum(keptReasons), people: count, values: count }))
    .default([]),
  reasons: z
    .array(z.object({ outcome: z.enum(outcomeNames), reason: z.string(), said: z.string().nullable(), people: count }))
    .default([]),
  parity: z
    .array(
      z.object({
        attribute: keptAttribute,
        equal: count,
        alike: count,
        different: count,
        missing: count,
        extra: count,
      }),
    )
    .default([]),
  leavers: leavers.nullable().default(null),
});

/** What ended a run. */
export const keptFailure = keptJson<NonNullable<Report['failure']>>('the failure of a run', failure);

/** What the guard said of a run's plan. */
export const keptVerdict = keptJson<StoredVerdict>('the judgement of a plan', verdict);

/** The report of a run that has ended. What reports were given later is empty in those of before. */
export const keptReport = keptJson<Report>(
  'the report of a run',
  z.object({
    run: z.string(),
    connector: z.string(),
    mode: z.enum(runModes),
    intent: z.enum(runIntents),
    status: z.enum(runStatuses),
    read: z.object({
      users: count,
      pages: count,
      complete: z.boolean(),
      proof: z.enum(readProofs).default('none'),
      calls,
    }),
    targets: z.record(z.string(), target),
    guard: verdict.nullable(),
    heldFrom: z.string().nullable().default(null),
    holds: z.string().nullable().default(null),
    retryOf: z.string().nullable().default(null),
    decision: decision.nullable().default(null),
    failures: z.object({ new: count, known: count }),
    forecast: z.object({ people: count, ...changed }).nullable(),
    failure: failure.nullable(),
    warnings: z.array(z.string()),
    durationMs: z.number().nonnegative(),
    waitedMs: z.number().nonnegative().default(0),
  }),
);
