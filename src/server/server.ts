import { readApart } from '../config/apart/read-apart.ts';
import type { Config } from '../config/open-config.ts';
import type { Document } from '../config/schema/document.ts';
import { openSecrets } from '../config/secrets.ts';
import { type StoredDocument, storeDocument } from '../config/store-document.ts';
import { Failure, isFailure } from '../core/failure.ts';
import type { ScheduleProblem } from '../core/schedules/schedule.ts';
import { listConnectors } from '../ledger/connectors.ts';
import type { Ledger } from '../ledger/open.ts';
import { sourceDefinitions } from '../sources/index.ts';
import { targetDefinitions } from '../targets/index.ts';
import { reconcileSchedules, type ScheduledConnector } from '../temporal/schedules.ts';
import { taskQueue } from '../temporal/worker.ts';
import { composeApi, composeLedger, composeTemporal, composeWorker, openStack, type Stack } from './compose.ts';
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
    const stored = document === null ? null : await storeFile(ledger, document, log);
    // What the file has no longer is not started by schedule any more; its versions and profiles stay.
    const absent = new Set(stored?.absent);
    for (const id of absent) log.info(`The connector ${id} is not in ${file} any more: its schedules are removed.`);
    const temporal = await composeTemporal(stack, dataDir, env);
    const worker = parts.worker
      ? await composeWorker(
          stack,
          { ledger, temporal, dataDir, providers: { ...providers, secret: openSecrets(env) } },
          (error) => log.failed('An unforeseen error stopped a step; Temporal tries it again.', error),
          log.ended,
        )
      : null;
    const connectors = await listConnectors(ledger);
    const configured = async (): Promise<readonly ScheduleProblem[]> => {
      const { kept, unread } = await scheduled(ledger, absent);
      return [...unread, ...(await reconcileSchedules(temporal.client, kept, taskQueue))];
    };
    if (parts.api) await followAtStart(configured, log);
    const url = parts.api
      ? await composeApi(
          stack,
          {
            ledger,
            temporal,
            dataDir,
            version,
            temporalUi: temporal.uiUrl,
            config: checkedApart(stack),
            configured,
            log: log.api,
          },
          env,
        )
      : null;
    const ids = connectors.map(({ connector }) => connector);
    return { url, uiUrl: temporal.uiUrl, connectors: ids, ended: worker?.ended ?? forever, close: stack.close };
  } catch (error) {
    await stack.close();
    throw error;
  }
};

/** Documents of callers are checked in a thread of their own: an example may be as slow as whoever wrote it likes. */
const checkedApart = (stack: Stack): Pick<Config, 'readPlain' | 'readDefinition'> => {
  const { readPlain, close } = readApart(new URL('./check-thread.ts', import.meta.url));
  stack.add(close);
  return { readPlain, readDefinition: config.readDefinition };
};

const forever = new Promise<void>(() => undefined);

const providers = {
  sources: sourceDefinitions,
  targets: targetDefinitions,
  readDefinition: config.readDefinition,
};

/**
 * Stores the document of the file. One that stored connectors forbid (they are edited through the API and see a target
 * otherwise) is reported and not stored: the server starts with what stands, so that it can be put right there.
 */
const storeFile = async (ledger: Ledger, document: Document, log: Log): Promise<StoredDocument | null> => {
  try {
    return await storeDocument(ledger, document, { who: 'file', comment: null, managedBy: 'file' });
  } catch (error) {
    if (!isFailure(error) || error.kind !== 'conflict') throw error;
    log.failed('The document of the file was not stored; the connectors stay as they were.', error);
    return null;
  }
};

/** No stored schedule keeps a server from starting: what cannot be set is told, and everything else goes on. */
const followAtStart = async (configured: () => Promise<readonly ScheduleProblem[]>, log: Log): Promise<void> => {
  try {
    for (const { connector, schedule, message } of await configured()) {
      const what = schedule === null ? 'All its schedules stay as they were' : `The schedule ${schedule} is not set`;
      log.failed(`${what}; everything else goes on.`, new Failure('config', `${connector}: ${message}`));
    }
  } catch (error) {
    log.failed('The schedules could not be set; they are at the next start.', error);
  }
};

/** The connectors as they stand with their schedules; one that this release cannot read keeps those it has. */
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
