import type { Call } from '../../core/call.ts';
import { credentialWarnings } from '../../core/expiry.ts';
import { Failure } from '../../core/failure.ts';
import type { RunIntent, RunMode } from '../../core/report/report.ts';
import { startedBySchedule } from '../../core/schedules/schedule.ts';
import type { SourceId } from '../../core/values.ts';
import { currentConnector } from '../../ledger/connectors.ts';
import type { Ledger } from '../../ledger/open.ts';
import { mustCarry } from '../../ledger/runs/ending.ts';
import { createRun, findRun, pinRun } from '../../ledger/runs/runs.ts';
import { settleOthers, type Workflows } from '../settle.ts';
import { checkTargets, type Refused } from './check-targets.ts';
import type { OpenConnector } from './connector.ts';
import { lockConnector } from './lock-connector.ts';

/** What runs are opened with; a connector is opened in its present version for null. */
export type OpeningDeps = {
  readonly ledger: Ledger;
  readonly openConnector: (connector: string, version: number | null) => Promise<OpenConnector>;
  readonly now: () => number;
};

/** A run about to begin. */
export type Opening = {
  readonly run: string;
  readonly connector: string;
  readonly mode: RunMode;
  readonly intent: RunIntent;
  readonly person: SourceId | null;
  readonly workflowId: string;
  readonly namespace: string;
  readonly startedBy: string;
  readonly retryOf?: string;
};

/**
 * Whether the run can continue: it has begun; it has to wait, because an increment of its connector is in progress, or
 * any run if a schedule started it; or it is an increment that another run makes unnecessary.
 */
export type Opened =
  | { readonly opened: 'begun'; readonly targets: readonly string[]; readonly refused: Refused }
  | { readonly opened: 'wait' }
  | { readonly opened: 'skip' };

/**
 * Begins a run: pins the connector's version, takes its lock (a run of one person takes none) and proves credentials
 * and rights at the source and at every target before anything is read. A target that is down or refuses does not stop
 * the others.
 */
export const openRun = async (
  { ledger, openConnector, now }: OpeningDeps,
  { connector: name, ...opening }: Opening,
  workflows: Workflows,
  call: Call,
): Promise<Opened> => {
  const { person, run: id, retryOf = null, ...rest } = opening;
  if (person?.includes('@')) {
    throw new Failure(
      'config',
      'A person must be given here by the id at the identity provider, not by login or mail.',
      {
        remedy: 'Use `attune sync <connector> --user`, which looks up the id without recording the login.',
      },
    );
  }
  // The row comes first: a run whose connector does not open ends with a report too.
  const current = await currentConnector(ledger, name);
  if (current !== null) {
    await createRun(ledger, { id, person, connector: name, version: current.version, retryOf, ...rest });
    const run = await findRun(ledger, id);
    if (run !== null) mustCarry(run, rest.workflowId);
  }
  if (retryOf !== null) await mustBeOf(ledger, retryOf, name);
  const connector = await openConnector(name, null);
  const { version } = connector;
  const warnings = credentialWarnings(connector.source.expires, now());
  const targets = [...connector.targets.keys()];
  await pinRun(ledger, { id, version, targets, warnings });
  if (person === null) {
    const { workflowId } = opening;
    // Whoever retries people by hand wants them tried, even behind another run.
    const mode = retryOf === null ? opening.mode : 'full';
    const waits = retryOf !== null || startedBySchedule(workflowId) !== null;
    const request = { connector: name, run: id, workflowId };
    const locked = await lockConnector(ledger, request, { mode, waits }, workflows);
    if (locked !== 'taken') return { opened: locked };
    await settleOthers(ledger, workflows, { id, connector: name });
  }
  const [source, refused] = await Promise.allSettled([
    connector.source.check(call),
    checkTargets([...connector.targets.values()], call),
  ]);
  // A run that cannot be read says so, whatever its targets say.
  if (source.status === 'rejected') throw source.reason;
  if (refused.status === 'rejected') throw refused.reason;
  return { opened: 'begun', targets, refused: refused.value };
};

const mustBeOf = async (ledger: Ledger, run: string, connector: string): Promise<void> => {
  const found = await findRun(ledger, run);
  if (found?.connector === connector) return;
  throw new Failure('config', `There is no run ${run} of ${connector} whose people could be tried again.`);
};
