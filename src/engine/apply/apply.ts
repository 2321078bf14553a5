import type { Batch, BatchRest } from '../../core/batch.ts';
import { Failure } from '../../core/failure.ts';
import { msUntilOpen } from '../../core/plan/write-hours.ts';
import { type DueUser, dueUsers, endUnwritten } from '../../ledger/plan/changes.ts';
import type { Run } from '../../ledger/runs/runs.ts';
import type { TargetAtRun } from '../open/connector.ts';
import type { Work } from '../work.ts';
import { applyGroup } from './apply-group.ts';
import { inLanes } from './lanes.ts';
import { withSlots } from './lease.ts';
import { paceOf } from './pace.ts';

/** When to come back for people whom another run is writing: a user in front of a screen waits for less time. */
const comeBackMs = { single: 500, others: 5_000 } as const;

/**
 * Executes the stored changes of a batch and nothing else, group by group, each under a claim of its accounts. It
 * begins after the last recorded person; people whose account somebody else has claimed are left for later. A full run
 * writes only within the target's hours, and is told when they begin again; an increment leaves the people outside them
 * to the next one, and a run of one person never waits for them. `firstAlone` leaves all but those who go first.
 */
export const applyBatch = async (
  work: Work,
  target: TargetAtRun,
  batch: Batch,
  firstAlone = false,
): Promise<BatchRest> => {
  const { ledger, run, now } = work;
  mustBeLetThrough(run);
  const single = run.person !== null;
  const key = { target: target.id, run: run.id };
  const closedMs = (): number => (single || target.writeHours === null ? 0 : msUntilOpen(target.writeHours, now()));
  const users = await dueUsers(ledger, key, batch, firstAlone);
  if (users.length === 0) return null;
  const pace = paceOf(target.together?.size ?? 1);
  let left = users.length;
  const write = (): Promise<unknown> =>
    withSlots(work, target, single, (lease) =>
      inLanes(
        lease,
        groupsBy(
          users,
          (rest) => pace.size(rest, target.inFlight),
          () => closedMs() === 0,
        ),
        async (group) => {
          const since = performance.now();
          const ended = await applyGroup({ ...work, call: lease.call }, target, group, lease.lend);
          left -= ended;
          pace.note(ended, performance.now() - since);
        },
      ),
    );
  const end = closedMs() === 0 ? await write() : null;
  if (left === 0) return null;
  const waitMs = closedMs();
  if (waitMs === 0) {
    return { left, why: end === 'noSlot' ? 'busy' : 'claimed', waitMs: single ? comeBackMs.single : comeBackMs.others };
  }
  if (!isIncrement(run)) return { left, why: 'closed', waitMs };
  const rest = await dueUsers(ledger, key, batch);
  const outcome = { outcome: 'skipped', reason: 'outsideHours' } as const;
  await endUnwritten(
    ledger,
    key,
    rest.map(({ person }) => ({ person, ...outcome })),
  );
  return null;
};

/** Nothing of a plan for everybody is written unless the guard let it through or somebody approved it. */
const mustBeLetThrough = ({ id, person, guard, holds, approvedAt }: Run): void => {
  if (person !== null || approvedAt !== null) return;
  if (guard !== null && (guard.breaches.length === 0 || holds !== null)) return;
  throw new Failure('conflict', `The plan of run ${id} was neither let through by the guard nor approved.`, {
    remedy: `Look at it with \`attune plan ${id}\`, then approve or reject it.`,
  });
};

/** Whether a run is an increment at work: one whose plan somebody approved later waits for the hours, too. */
const isIncrement = ({ mode, finishedAt }: Run): boolean => mode === 'delta' && finishedAt === null;

/** Cuts people into groups, each as large as `size` says of the rest when it is asked for, as long as `goesOn`. */
const groupsBy = (
  users: readonly DueUser[],
  size: (rest: number) => number,
  goesOn: () => boolean,
): Iterator<readonly DueUser[]> => {
  let from = 0;
  return {
    next: () => {
      if (from >= users.length || !goesOn()) return { done: true, value: undefined };
      const value = users.slice(from, from + size(users.length - from));
      from += value.length;
      return { done: false, value };
    },
  };
};
