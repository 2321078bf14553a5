import type { Call } from '../core/call.ts';
import { Failure, failureReach, isFailure } from '../core/failure.ts';
import type { RunIntent, RunMode } from '../core/report.ts';
import { startedBySchedule } from '../core/schedules/schedule.ts';
import type { SourceId } from '../core/values.ts';
import type { Ledger } from '../ledger/open.ts';
import { type LockRequest, takeLock, takeOverLock } from '../ledger/runs/locks.ts';
import { createRun, findRun } from '../ledger/runs/runs.ts';
import { closeRun } from './close.ts';
import type { OpenConnector, OpenTarget } from './connector.ts';
import type { Asking } from './work.ts';

/** A run about to begin. */
export type Opening = {
  readonly run: string;
  readonly mode: RunMode;
  readonly intent: RunIntent;
  readonly person: SourceId | null;
  readonly workflowId: string;
  readonly startedBy: string;
};

/**
 * Whether the run may go on: it has begun; it has to wait, because an increment of its connector is under way, or any
 * run where a schedule started it; or it is an increment that another run makes needless.
 */
export type Opened = 'begun' | 'wait' | 'skip';

/**
 * Begins a run: pins the connector's version, takes its lock (a run of one person takes none) and proves credentials
 * and rights at the source and at every target before anything is read. A target that is down does not stop the others.
 */
export const openRun = async (
  { ledger, connector, call }: Asking,
  opening: Opening,
  isOpen: (workflowId: string) => Promise<boolean>,
): Promise<Opened> => {
  const { person, run: id, ...rest } = opening;
  if (person?.includes('@')) {
    throw new Failure('config', 'A person is named by the id of the identity provider here, not by login or mail.', {
      remedy: 'Use `attune sync <connector> --user`, which looks the id up without writing the login anywhere.',
    });
  }
  await createRun(ledger, { id, person, connector: connector.id, version: connector.version, ...rest });
  if (person === null) {
    const request = { connector: connector.id, run: id, workflowId: opening.workflowId };
    const { mode, workflowId } = opening;
    const waits = startedBySchedule(workflowId) !== null;
    const locked = await lockConnector(ledger, request, { mode, waits }, isOpen);
    if (locked === 'wait' || locked === 'skip') return locked;
    if (locked.abandoned !== null) await closeAbandoned(ledger, connector, locked.abandoned);
  }
  await connector.source.check(call);
  await checkTargets([...connector.targets.values()], call);
  return 'begun';
};

/** What passes by itself (a target that is down) ends the run only when it holds for every target. */
const checkTargets = async (targets: readonly OpenTarget[], call: Call): Promise<void> => {
  const down: Failure[] = [];
  for (const target of targets) {
    try {
      await target.check(call);
    } catch (error) {
      if (!isFailure(error) || !failureReach[error.kind].retry) throw error;
      down.push(error);
    }
  }
  const [first] = down;
  if (first !== undefined && down.length === targets.length) throw first;
};

/**
 * Takes the lock; gives the run it was taken over from, whose workflow had ended without closing it. Who starts a run
 * by hand is told at once that another is under way; of two schedules due together the second waits for its turn.
 */
const lockConnector = async (
  ledger: Ledger,
  request: LockRequest,
  { mode, waits }: { readonly mode: RunMode; readonly waits: boolean },
  isOpen: (workflowId: string) => Promise<boolean>,
): Promise<'wait' | 'skip' | { readonly abandoned: string | null }> => {
  const answer = await takeLock(ledger, request);
  if (answer.taken) return { abandoned: null };
  if (!(await isOpen(answer.workflowId)) && (await takeOverLock(ledger, request, answer))) {
    return { abandoned: answer.run };
  }
  if (mode === 'delta') return 'skip';
  if (waits || (await findRun(ledger, answer.run))?.mode === 'delta') return 'wait';
  throw new Failure('conflict', `Run ${answer.run} of ${request.connector} is still going on.`, {
    remedy: `It began at ${answer.since.toISOString()}: wait for it, or cancel it with \`attune cancel ${answer.run}\`.`,
  });
};

const closeAbandoned = async (ledger: Ledger, connector: OpenConnector, run: string): Promise<void> => {
  if ((await findRun(ledger, run)) === null) return;
  await closeRun(ledger, run, connector, {
    status: 'failed',
    failure: { kind: 'unavailable', message: 'The workflow of this run was ended from outside before it could close.' },
  });
};
