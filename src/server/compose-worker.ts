import { createActivities } from '../../activities/index.ts';
import type { InspectSecret } from '../config/check/secrets.ts';
import type { Definition } from '../config/schema/document.ts';
import type { JsonObject } from '../core/values.ts';
import { openConnectors } from '../engine/open-connectors.ts';
import type { Ledger } from '../ledger/open.ts';
import type { SourceDefinition } from '../sources/source.ts';
import type { TargetDefinition } from '../targets/target.ts';
import type { TemporalAddress, TemporalClient } from '../temporal/connection.ts';
import { type Janitor, startJanitor } from '../temporal/janitor.ts';
import { runWorkflows } from '../temporal/run-workflows.ts';
import { installRuntime } from '../temporal/runtime.ts';
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

/** A worker on the queue of all runs, with the janitor of the runs; `ended` rejects when it stops by itself. */
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
  const activities = createActivities({
    now: Date.now,
    ledger,
    openConnector: connectors.open,
    oddSecrets: connectors.oddSecrets,
    workflows,
    log: (error) => log.failed('An unforeseen error stopped a step; Temporal tries it again.', error),
    runEnded: log.ended,
  });
  const worker = await startWorker({ address: temporal.address, bundle: await bundle, activities });
  stack.add(worker.stop, stopMs);
  const starter = createStarter(ledger, temporal.client, taskQueue);
  const startPlan = async (run: string): Promise<void> => void (await starter.startApplyPlan({ run }));
  const janitor = startJanitor(ledger, { ...workflows, startPlan }, (error) =>
    log.failed('The runs cannot be compared with their workflows; it is tried again.', error),
  );
  stack.add(janitor.stop, stopMs);
  return { ...worker, janitor };
};
