import { createActivities } from '../../activities/index.ts';
import type { InspectSecret } from '../config/check/secrets.ts';
import type { ConnectorSettings, Definition } from '../config/schema/document.ts';
import { isFailure } from '../core/failure.ts';
import { staleAfterMs } from '../core/report/stale.ts';
import type { ScheduleEntry, ScheduleState } from '../core/schedules/schedule.ts';
import type { JsonObject } from '../core/values.ts';
import { openConnectors } from '../engine/open/open-connectors.ts';
import { type ConnectorVersion, currentConnector, listConnectors } from '../ledger/connectors.ts';
import type { Patience } from '../ledger/notices/trouble.ts';
import type { Ledger } from '../ledger/open.ts';
import { allWithoutRunSince } from '../ledger/runs/standing.ts';
import { webhookSender } from '../notices/webhook.ts';
import type { SourceDefinition } from '../sources/source.ts';
import type { TargetDefinition } from '../targets/target.ts';
import type { TemporalAddress, TemporalClient } from '../temporal/connection.ts';
import { type Janitor, startJanitor } from '../temporal/janitor.ts';
import { type Noticer, startNoticer, startSending } from '../temporal/noticer.ts';
import { runWorkflows } from '../temporal/run-workflows.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { scheduleStates } from '../temporal/schedule-states.ts';
import { createStarter } from '../temporal/starter.ts';
import { taskQueue } from '../temporal/task-queue.ts';
import { type RunningWorker, startWorker } from '../temporal/worker.ts';
import type { Log } from './log.ts';
import type { Stack } from './stack.ts';

/** What a worker knows of providers and documents. */
export type Providers = {
  readonly sources: ReadonlyMap<string, SourceDefinition<unknown>>;
  readonly targets: ReadonlyMap<string, TargetDefinition<unknown>>;
  readonly readDefinition: (stored: JsonObject) => Definition;
  readonly inspectSecret: InspectSecret;
};

/** How long a worker may take to end or hand over what it has in hand. */
const stopMs = 6_000;

/** A worker on the queue of all runs, with the janitor of the runs; `ended` rejects when it stops unexpectedly. */
export const composeWorker = async (
  stack: Stack,
  parts: {
    ledger: Ledger;
    temporal: TemporalClient & { readonly address: TemporalAddress };
    bundle: Promise<string>;
    providers: Providers;
  },
  log: Log,
): Promise<RunningWorker & { readonly janitor: Janitor }> => {
  const { ledger, temporal, bundle, providers } = parts;
  stack.add(installRuntime(log.temporal));
  const connectors = openConnectors({ ledger, ...providers });
  stack.add(connectors.close);
  const workflows = runWorkflows(temporal.client, log.ended);
  const settingsOf = async (id: string): Promise<ConnectorSettings | null> => {
    const current = await currentConnector(ledger, id);
    return current === null ? null : providers.readDefinition(current.definition).connector;
  };
  let noticer: Noticer | null = null;
  const activities = createActivities({
    now: Date.now,
    ledger,
    openConnector: connectors.open,
    oddSecrets: connectors.oddSecrets,
    workflows,
    log: (error) => log.failed('An unexpected error stopped a step; Temporal tries it again.', error),
    notices: {
      hooksOf: async (id) => (await settingsOf(id))?.notify ?? [],
      send: webhookSender(async (reference) => (await providers.inspectSecret(reference)).secret, Date.now),
    },
    runWaits: log.waits,
    runEnded: (report) => {
      log.ended(report);
      noticer?.look();
    },
  });
  const worker = await startWorker({ address: temporal.address, bundle: await bundle, activities });
  stack.add(worker.stop, stopMs);
  const starter = createStarter(ledger, temporal.client, taskQueue);
  const startPlan = async (run: string): Promise<void> => void (await starter.startApplyPlan({ run }));
  const janitor = startJanitor(ledger, { ...workflows, startPlan }, (error) =>
    log.failed('Runs could not be compared with their workflows; Attune tries again.', error),
  );
  stack.add(janitor.stop, stopMs);
  noticer = startNoticer(
    ledger,
    () =>
      patienceOf(ledger, providers.readDefinition, (connector, entries) =>
        scheduleStates(temporal.client, connector, entries),
      ),
    () => startSending(ledger, temporal.client, taskQueue),
    (error) => log.failed('Notices could not be sent; Attune tries again.', error),
  );
  stack.add(noticer.stop);
  return { ...worker, janitor };
};

type StatesOf = (connector: string, entries: readonly ScheduleEntry[]) => Promise<readonly ScheduleState[]>;

/**
 * How long each connector may be without a run carried out; one that no schedule runs, or nobody can read, for ever. How the
 * schedules stand is asked only of those that are overdue.
 */
const patienceOf = async (
  ledger: Ledger,
  readDefinition: Providers['readDefinition'],
  statesOf: StatesOf,
): Promise<readonly Patience[]> => {
  const since = await allWithoutRunSince(ledger);
  const patience = async ({ connector, definition }: ConnectorVersion): Promise<number | null> => {
    try {
      const own = readDefinition(definition).connector;
      const ms = staleAfterMs(own, []);
      const isOverdue = ms !== null && Date.now() - (since.get(connector)?.getTime() ?? 0) > ms;
      return isOverdue ? staleAfterMs(own, await statesOf(connector, own.schedules)) : ms;
    } catch (error) {
      if (!isFailure(error)) throw error;
      return null;
    }
  };
  return Promise.all(
    (await listConnectors(ledger)).map(async (one) => {
      const ms = await patience(one);
      return { connector: one.connector, seconds: ms === null ? null : ms / 1_000 };
    }),
  );
};
