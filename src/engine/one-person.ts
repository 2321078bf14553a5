import type { Batch, BatchRest } from '../core/batch.ts';
import { stagedCounts } from '../ledger/plan/staging.ts';
import { applyBatch } from './apply/apply.ts';
import { withSlots } from './apply/lease.ts';
import type { TargetAtRun } from './open/connector.ts';
import { readAccounts } from './plan/accounts.ts';
import { planBatch } from './plan/plan.ts';
import type { Work } from './work.ts';

/** The one person of a run is a batch of one. */
const thePerson: Batch = { from: 0, to: 1 };

/** When to come back where the target had no slot free. */
const comeBackMs = 2_000;

/**
 * Everything that a run of one person does at a target, in one step: somebody is waiting for it, and every separate
 * step is a round trip through Temporal. It waits for a slot once, and keeps it from the first look to the last write. If
 * repeated, it resumes where it was: what is found, planned or written is not done twice.
 */
export const syncPerson = async (work: Work, target: TargetAtRun): Promise<BatchRest> => {
  // Whoever has nothing to be done at a target need not wait for it.
  if (!(await stagedCounts(work.ledger, work.run.id)).has(target.id)) return allSteps(work, target);
  const end = await withSlots(work, target, true, (lease) =>
    allSteps({ ...work, call: lease.call, held: { target: target.id, lease } }, target),
  );
  return end === 'noSlot' ? { left: 1, why: 'busy', waitMs: comeBackMs } : end;
};

const allSteps = async (work: Work, target: TargetAtRun): Promise<BatchRest> => {
  const steps = [
    () => readAccounts(work, target),
    () => planBatch(work, target, thePerson),
    ...(work.run.intent === 'apply' ? [() => applyBatch(work, target, thePerson)] : []),
  ];
  for (const next of steps) {
    const rest = await next();
    if (rest !== null) return rest;
  }
  return null;
};
