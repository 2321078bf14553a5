import { expectFree, listenAddress } from '../api/serve/listen-address.ts';
import { tlsFiles } from '../api/serve/tls.ts';
import { readApart } from '../config/apart/read-apart.ts';
import type { Config } from '../config/open-config.ts';
import type { Document } from '../config/schema/document.ts';
import { inspectSecrets } from '../config/secrets.ts';
import { type StoredDocument, storeDocument } from '../config/store-document.ts';
import { Failure, isFailure } from '../core/failure.ts';
import type { ScheduleProblem } from '../core/schedules/schedule.ts';
import { makeDataDir } from '../embedded/data-dir.ts';
import { listConnectors } from '../ledger/connectors.ts';
import type { Ledger } from '../ledger/open.ts';
import { sourceDefinitions } from '../sources/index.ts';
import { targetDefinitions } from '../targets/index.ts';
import { scheduleHousekeeping } from '../temporal/housekeeping.ts';
import type { Janitor } from '../temporal/janitor.ts';
import { reconcileSchedules, type ScheduledConnector } from '../temporal/schedules.ts';
import { taskQueue } from '../temporal/task-queue.ts';
import type { RunningWorker } from '../temporal/worker.ts';
import { bundleWorkflows } from '../temporal/workflow-bundle.ts';
import { composeApi, composeClient, composeLedger, composeServers } from './compose.ts';
import type { composeWorker } from './compose-worker.ts';
import { config, readDocument } from './documents.ts';
import type { Log } from './log.ts';
import { addressText, placesText } from './places.ts';
import { readiness } from './readiness.ts';
import type { Stack } from './stack.ts';

/** What a server process is made of: both parts (`serve`), or one of them. */
export type ServerOptions = {
  readonly parts: { readonly worker: boolean; readonly api: boolean };
  /** The document to store before anything runs; null keeps the connectors that are stored. */
  readonly file: string | null;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly log: Log;
  /** Takes what is started, so that the start itself can be ended at any moment. */
  readonly stack: Stack;
};

/** A running server; `ended` rejects when its worker stops unexpectedly, or one of its own servers keeps ending. */
export type Server = {
  readonly url: string | null;
  readonly uiUrl: string | null;
  /** Where Temporal is, for its own command. */
  readonly temporal: string;
  readonly connectors: readonly string[];
  readonly ended: Promise<void>;
};

/**
 * Starts a server: document, port, the two servers it needs, ledger, worker and API. What can go wrong before anything
 * is set up is checked first; what has been started is in the stack, whose owner ends it.
 */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const { parts, file, dataDir, env, version, log, stack } = options;
  const document = file === null ? null : await readDocument(file, env, log.warn);
  const listen = listenAddress(env);
  if (parts.api) await expectFree(listen);
  const bundle = parts.worker ? bundled(dataDir) : null;
  const servers = await composeServers(stack, dataDir, env, log);
  const [ledger, temporal] = await Promise.all([composeLedger(stack, servers), composeClient(stack, servers)]);
  const places = { database: (await servers.database).url, temporal: temporal.address };
  log.info(placesText(servers.embedded, dataDir, places));
  const stored = document === null ? null : await storeFile(ledger, document, log);
  // What the file has no longer is not started by schedule any more; its versions and profiles stay.
  const absent = new Set(stored?.absent);
  for (const id of absent) log.info(`The connector ${id} is no longer in ${file}: its schedules are removed.`);
  const worker = bundle === null ? null : await startsWorker(stack, { ledger, temporal, bundle }, options);
  const connectors = await listConnectors(ledger);
  const configured = async (): Promise<readonly ScheduleProblem[]> => {
    const { kept, unread } = await scheduled(ledger, absent);
    return [...unread, ...(await reconcileSchedules(temporal.client, kept, taskQueue))];
  };
  if (parts.api) await followAtStart(configured, log);
  if (parts.worker) {
    await scheduleHousekeeping(temporal.client, taskQueue).catch((error: unknown) =>
      log.failed('Housekeeping could not be scheduled; the next start tries again.', error),
    );
  }
  const ready = readiness({ ledger, temporal, isPolling: worker?.isPolling ?? null, janitor: worker?.janitor ?? null });
  const url = parts.api
    ? await composeApi(
        stack,
        {
          ledger,
          temporal,
          version,
          config: checkedApart(stack),
          configured,
          ready,
          embedded: servers.embedded,
          temporalUi: temporal.uiUrl,
        },
        {
          ...listen,
          hosts: env.ATTUNE_HOSTS,
          tls: tlsFiles(env),
          behindProxy: env.ATTUNE_BEHIND_PROXY === 'true',
          dataDir,
          token: env.ATTUNE_TOKEN,
          logger: log.api,
        },
      )
    : null;
  const ids = connectors.map(({ connector }) => connector);
  const ended = Promise.race([worker?.ended ?? forever, servers.givenUp]);
  return { url, uiUrl: temporal.uiUrl, temporal: addressText(temporal.address), connectors: ids, ended };
};

/** Begun at once, beside the servers: it needs nothing of them. A failure is told to who waits for the bundle. */
const bundled = (dataDir: string): Promise<string> => {
  const bundle = makeDataDir(dataDir).then(bundleWorkflows);
  bundle.catch(() => undefined);
  return bundle;
};

/** A worker brings the native part of Temporal and all activities along, which an API alone does not need. */
const startsWorker = async (
  stack: Stack,
  parts: Omit<Parameters<typeof composeWorker>[1], 'providers'>,
  { env, log }: ServerOptions,
): Promise<RunningWorker & { readonly janitor: Janitor }> => {
  const { composeWorker } = await import('./compose-worker.ts');
  return composeWorker(stack, { ...parts, providers: { ...providers, inspectSecret: inspectSecrets(env) } }, log);
};

/** Documents from callers are checked in a separate thread: an example may be arbitrarily slow. */
const checkedApart = (stack: Stack): Pick<Config, 'readPlain' | 'readDefinition' | 'requestsAt'> => {
  const { readPlain, close } = readApart(new URL('./check-thread.ts', import.meta.url));
  stack.add(close);
  return { readPlain, readDefinition: config.readDefinition, requestsAt: config.requestsAt };
};

const forever = new Promise<void>(() => undefined);

const providers = {
  sources: sourceDefinitions,
  targets: targetDefinitions,
  readDefinition: config.readDefinition,
};

/**
 * Stores the document of the file. A document that conflicts with stored connectors (they are edited through the API
 * and have other settings for a target) is reported and not stored: the server starts with what is stored, so that it
 * can be corrected there.
 */
const storeFile = async (ledger: Ledger, document: Document, log: Log): Promise<StoredDocument | null> => {
  try {
    return await storeDocument(ledger, document, { who: 'file', comment: null, managedBy: 'file' });
  } catch (error) {
    if (!isFailure(error) || error.kind !== 'conflict') throw error;
    log.failed('The document in the file was not stored; the connectors are not changed.', error);
    return null;
  }
};

/**
 * No stored schedule prevents a server from starting: what cannot be set is reported, and everything else continues.
 */
const followAtStart = async (configured: () => Promise<readonly ScheduleProblem[]>, log: Log): Promise<void> => {
  try {
    for (const { connector, schedule, message } of await configured()) {
      const what = schedule === null ? 'Its schedules are not changed' : `The schedule ${schedule} is not set`;
      log.failed(`${what}; everything else continues.`, new Failure('config', `${connector}: ${message}`));
    }
  } catch (error) {
    log.failed('The schedules could not be set; the next start tries again.', error);
  }
};

/** The current connectors with their schedules; one that this release cannot read keeps those it has. */
const scheduled = async (ledger: Ledger, absent: ReadonlySet<string>) => {
  const kept: ScheduledConnector[] = [];
  const unread: ScheduleProblem[] = [];
  for (const { connector: id, definition } of await listConnectors(ledger)) {
    if (absent.has(id)) continue;
    try {
      kept.push({ id, schedules: config.readDefinition(definition).connector.schedules });
    } catch (error) {
      if (!isFailure(error)) throw error;
      kept.push({ id, schedules: null });
      unread.push({ connector: id, schedule: null, message: error.sentence });
    }
  }
  return { kept, unread };
};
