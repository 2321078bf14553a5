import { openSecrets } from '../config/secrets.ts';
import { storeDocument } from '../config/store-document.ts';
import { listConnectors } from '../ledger/connectors.ts';
import type { Ledger } from '../ledger/open.ts';
import { sourceDefinitions } from '../sources/index.ts';
import { targetDefinitions } from '../targets/index.ts';
import { reconcileSchedules } from '../temporal/schedules.ts';
import { taskQueue } from '../temporal/worker.ts';
import { composeApi, composeLedger, composeTemporal, composeWorker, openStack } from './compose.ts';
import { config, readDocument } from './documents.ts';
import type { Log } from './log.ts';

/** What a server process is made of: both parts (`serve`), or one of them. */
export type ServerOptions = {
  readonly parts: { readonly worker: boolean; readonly api: boolean };
  /** The document to store before anything runs; null keeps the connectors that are stored. */
  readonly file: string | null;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly log: Log;
};

/** A running server; `ended` rejects when its worker stops by itself. */
export type Server = {
  readonly url: string | null;
  readonly uiUrl: string | null;
  readonly connectors: readonly string[];
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
};

/** Starts a server: document, ledger, Temporal, worker and API, in this order; what has begun is ended when a part fails. */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const { parts, file, dataDir, env, version, log } = options;
  const document = file === null ? null : await readDocument(file);
  const stack = openStack();
  try {
    const ledger = await composeLedger(stack, dataDir, env);
    const stored =
      document === null
        ? null
        : await storeDocument(ledger, document, { who: 'file', comment: null, managedBy: 'file' });
    // What the file has no longer is not started by schedule any more; its versions and profiles stay.
    const absent = new Set(stored?.absent);
    for (const id of absent) log.info(`The connector ${id} is not in ${file} any more: its schedules are removed.`);
    const temporal = await composeTemporal(stack, dataDir, env);
    const worker = parts.worker
      ? await composeWorker(
          stack,
          { ledger, temporal, dataDir, providers: { ...providers, secret: openSecrets(env) } },
          (error) => log.failed('An unforeseen error stopped a step; Temporal tries it again.', error),
        )
      : null;
    const connectors = await listConnectors(ledger);
    const configured = async () => {
      const kept = (await scheduled(ledger)).filter(({ id }) => !absent.has(id));
      return reconcileSchedules(temporal.client, kept, taskQueue);
    };
    if (parts.api) await configured();
    const url = parts.api
      ? await composeApi(stack, { ledger, temporal, dataDir, version, config, configured }, env)
      : null;
    const ids = connectors.map(({ connector }) => connector);
    return { url, uiUrl: temporal.uiUrl, connectors: ids, ended: worker?.ended ?? forever, close: stack.close };
  } catch (error) {
    await stack.close();
    throw error;
  }
};

const forever = new Promise<void>(() => undefined);

const providers = {
  sources: sourceDefinitions,
  targets: targetDefinitions,
  readDefinition: config.readDefinition,
};

const scheduled = async (ledger: Ledger) =>
  (await listConnectors(ledger)).map(({ definition }) => config.readDefinition(definition).connector);
