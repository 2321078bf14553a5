import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyBaseLogger } from 'fastify';
import { createActivities } from '../../activities/index.ts';
import type { ApiParts } from '../api/parts.ts';
import { serveApi } from '../api/serve-api.ts';
import type { Definition } from '../config/schema/document.ts';
import { Failure } from '../core/failure.ts';
import type { Report } from '../core/report.ts';
import type { ReadSecret } from '../core/secret.ts';
import type { JsonObject } from '../core/values.ts';
import { makeDataDir } from '../embedded/data-dir.ts';
import { startEmbeddedPostgres } from '../embedded/postgres/start.ts';
import { findTemporalCli } from '../embedded/temporal/find-cli.ts';
import { startEmbeddedTemporal } from '../embedded/temporal/start.ts';
import { openConnectors } from '../engine/open-connectors.ts';
import { type Ledger, openLedger } from '../ledger/open.ts';
import { runProgress } from '../ledger/runs/progress.ts';
import { localKeys, parseKeys } from '../ledger/sealing/keys.ts';
import type { SourceDefinition } from '../sources/source.ts';
import type { TargetDefinition } from '../targets/target.ts';
import { connectTemporal, type TemporalConnections } from '../temporal/connection.ts';
import { createStarter, isWorkflowOpen } from '../temporal/starter.ts';
import { bundleWorkflows, startWorker, taskQueue } from '../temporal/worker.ts';

/** What has been started, in order; `close` ends it in the reverse order, whatever one part says. */
export type Stack = {
  readonly add: (close: () => Promise<void>) => void;
  readonly close: () => Promise<void>;
};

/** An empty stack of started parts. */
export const openStack = (): Stack => {
  const parts: (() => Promise<void>)[] = [];
  return {
    add: (close) => {
      parts.push(close);
    },
    close: async () => {
      for (const close of parts.splice(0).reverse()) await close().catch(() => undefined);
    },
  };
};

/** The ledger at ATTUNE_DATABASE_URL with the keys of ATTUNE_KEYS, or the embedded one with keys of its own. */
export const composeLedger = async (stack: Stack, dataDir: string, env: NodeJS.ProcessEnv): Promise<Ledger> => {
  const url = env.ATTUNE_DATABASE_URL;
  if (url !== undefined) {
    const ledger = await openLedger({ url, keys: parseKeys(env.ATTUNE_KEYS) });
    stack.add(ledger.close);
    return ledger;
  }
  const postgres = await startEmbeddedPostgres({ dataDir: await makeDataDir(dataDir) });
  stack.add(postgres.stop);
  const ledger = await openLedger({ url: postgres.url, keys: await localKeys(dataDir) });
  stack.add(ledger.close);
  return ledger;
};

/** Temporal by its own settings when TEMPORAL_ADDRESS (or a profile) names a server, else the embedded one. */
export const composeTemporal = async (
  stack: Stack,
  dataDir: string,
  env: NodeJS.ProcessEnv,
): Promise<TemporalConnections & { readonly uiUrl: string | null }> => {
  if (env.TEMPORAL_ADDRESS !== undefined || env.TEMPORAL_PROFILE !== undefined) {
    const connections = await connectTemporal(null);
    stack.add(connections.close);
    return { ...connections, uiUrl: null };
  }
  const cli = await findTemporalCli(dataDir, env);
  const server = await startEmbeddedTemporal({ cli, dataDir: await makeDataDir(dataDir), ui: true });
  stack.add(server.stop);
  const connections = await connectTemporal(server.address);
  stack.add(connections.close);
  return { ...connections, uiUrl: server.uiUrl };
};

/** What a worker knows of providers and documents. */
export type Providers = {
  readonly sources: ReadonlyMap<string, SourceDefinition<unknown>>;
  readonly targets: ReadonlyMap<string, TargetDefinition<unknown>>;
  readonly readDefinition: (stored: JsonObject) => Definition;
  readonly secret: ReadSecret;
};

/** A worker on the queue of all runs; `ended` rejects when it stops by itself. */
export const composeWorker = async (
  stack: Stack,
  parts: { ledger: Ledger; temporal: TemporalConnections; dataDir: string; providers: Providers },
  log: (error: unknown) => void,
  runEnded: (report: Report) => void,
): Promise<{ readonly ended: Promise<void> }> => {
  const { ledger, temporal, dataDir, providers } = parts;
  const connectors = openConnectors({ ledger, ...providers });
  stack.add(connectors.close);
  const activities = createActivities({
    now: Date.now,
    ledger,
    openConnector: connectors.open,
    isOpen: (workflowId) => isWorkflowOpen(temporal.client, workflowId),
    log,
    runEnded,
  });
  const bundle = await bundleWorkflows(join(dataDir, 'workflows.js'));
  const worker = await startWorker({ connection: temporal.worker, namespace: temporal.namespace, bundle, activities });
  stack.add(worker.stop);
  return { ended: worker.ended };
};

/** Where the console's pages stand once they are built: beside the sources, in a checkout and in the image alike. */
const builtConsole = fileURLToPath(new URL('../../console/dist', import.meta.url));

/** The API, bound to 127.0.0.1 unless ATTUNE_HOST says otherwise; its address and first token stay in the data directory. */
export const composeApi = async (
  stack: Stack,
  parts: {
    ledger: Ledger;
    temporal: TemporalConnections;
    dataDir: string;
    version: string;
    temporalUi: string | null;
    config: ApiParts['config'];
    configured: ApiParts['configured'];
    log: FastifyBaseLogger;
  },
  env: NodeJS.ProcessEnv,
): Promise<string> => {
  const { ledger, temporal, dataDir, version, temporalUi, config, configured } = parts;
  const api = await serveApi(
    {
      ledger,
      config,
      configured,
      starter: createStarter(ledger, temporal.client, taskQueue),
      progress: (run) => runProgress(ledger, run),
      ready: {
        temporal: () => temporal.client.workflowService.describeNamespace({ namespace: temporal.namespace }),
      },
      version,
      temporalUi,
      console: builtConsole,
      eventsEveryMs: 1_000,
    },
    {
      host: env.ATTUNE_HOST ?? '127.0.0.1',
      port: portOf(env.ATTUNE_PORT),
      hosts: env.ATTUNE_HOSTS,
      dataDir,
      token: env.ATTUNE_TOKEN,
      logger: parts.log,
    },
  );
  stack.add(api.close);
  return api.url;
};

const portOf = (text: string | undefined): number => {
  const port = Number(text ?? '8099');
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Failure('config', 'ATTUNE_PORT is not the number of a port.', { remedy: 'Give a number up to 65535.' });
};
