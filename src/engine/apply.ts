import type { Batch, BatchRest } from '../core/batch.ts';
import { Failure } from '../core/failure.ts';
import { msUntilOpen } from '../core/write-hours.ts';
import { type DueUser, dueUsers } from '../ledger/plan/changes.ts';
import { applyGroup } from './apply-group.ts';
import type { TargetAtRun } from './connector.ts';
import { inLanes, withSlots } from './lease.ts';
import { paceOf } from './pace.ts';
import type { Work } from './work.ts';

/** When to come back for people whom somebody else is writing: a person in front of a screen waits less. */
const comeBackMs = { single: 500, others: 5_000 } as const;

/**
 * Executes the stored changes of a batch and nothing else, group by group, each under a claim of its accounts. It begins
 * behind the last recorded person; whose account is claimed by somebody else is left for later. A full run writes within
 * the target's hours only; one person never waits for them.
 */
export const applyBatch = async (work: Work, target: TargetAtRun, batch: Batch): Promise<BatchRest> => {
  const { ledger, run, now } = work;
  const single = run.person !== null;
  const users = await dueUsers(ledger, { target: target.id, run: run.id }, batch);
  if (users.length === 0) return null;
  const pace = paceOf(target.together?.size ?? 1);
  let left = users.length;
  await withSlots(work, target, single, (lease) =>
    inLanes(lease, groupsBy(users, pace.size), async (group) => {
      if (!single) waitForHours(target, now());
      const since = performance.now();
      const ended = await applyGroup({ ...work, call: lease.call }, target, group);
      left -= ended;
      pace.note(ended, performance.now() - since);
    }),
  );
  return left === 0 ? null : { left, waitMs: single ? comeBackMs.single : comeBackMs.others };
};

/** Cuts people into groups, each as large as `size` says when it is asked for. */
const groupsBy = (users: readonly DueUser[], size: () => number): Iterator<readonly DueUser[]> => {
  let from = 0;
  return {
    next: () => {
      if (from >= users.length) return { done: true, value: undefined };
      const value = users.slice(from, from + size());
      from += value.length;
      return { done: false, value };
    },
  };
};

/** Outside its hours a target is left alone as if it had asked for the wait itself. */
const waitForHours = ({ id, writeHours }: TargetAtRun, now: number): void => {
  const waitMs = writeHours === null ? 0 : msUntilOpen(writeHours, now);
  if (waitMs === 0) return;
  throw new Failure('throttled', `${id} is not written outside its writeHours.`, { party: id, waitMs });
};
