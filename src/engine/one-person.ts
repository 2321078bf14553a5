import type { Batch, BatchRest } from '../core/batch.ts';
import { applyBatch } from './apply/apply.ts';
import type { TargetAtRun } from './open/connector.ts';
import { readAccounts } from './plan/accounts.ts';
import { planBatch } from './plan/plan.ts';
import type { Work } from './work.ts';

/** The one person of a run is a batch of one. */
const thePerson: Batch = { from: 0, to: 1 };

/**
 * Everything that a run of one person does at a target, in one step: somebody is waiting for it, and every separate
 * step is a round trip through Temporal. If repeated, it resumes where it was: what is found, planned or written is not
 * done twice.
 */
export const syncPerson = async (work: Work, target: TargetAtRun): Promise<BatchRest> => {
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
