import { fileURLToPath } from 'node:url';
import type { FastifyBaseLogger } from 'fastify';
import type { ApiParts } from '../api/parts.ts';
import type { ListenAddress } from '../api/serve/listen-address.ts';
import { serveApi } from '../api/serve/serve-api.ts';
import type { TlsFiles } from '../api/serve/tls.ts';
import { Failure } from '../core/failure.ts';
import { makeDataDir } from '../embedded/data-dir.ts';
import { claimDirectory } from '../embedded/owner.ts';
import { startEmbeddedPostgres } from '../embedded/postgres/start.ts';
import { findTemporalCli } from '../embedded/temporal/find-cli.ts';
import { startEmbeddedTemporal } from '../embedded/temporal/start.ts';
import { type Ledger, openLedger } from '../ledger/open.ts';
import { openProgress } from '../ledger/runs/progress.ts';
import { localKeys, parseKeys, type SealingKeys } from '../ledger/sealing/keys.ts';
import { connectClient, type TemporalAddress, type TemporalClient, temporalAddress } from '../temporal/connection.ts';
import { pauseSchedules, scheduleStates } from '../temporal/schedule-states.ts';
import { createStarter } from '../temporal/starter.ts';
import { taskQueue } from '../temporal/task-queue.ts';
import type { Log } from './log.ts';
import type { Stack } from './stack.ts';

/** The two servers of an installation, whoever runs them, each as soon as it is there. */
export type Servers = {
  readonly database: Promise<{ readonly url: string; readonly keys: SealingKeys }>;
  readonly temporal: Promise<{ readonly address: TemporalAddress; readonly uiUrl: string | null }>;
  /** Which of them Attune runs itself. */
  readonly embedded: { readonly database: boolean; readonly temporal: boolean };
  /** Rejects when a server that Attune runs itself keeps ending. */
  readonly givenUp: Promise<never>;
};

/** How long both servers of our own may take to stop, side by side. */
const stopMs = 4_500;

const never = new Promise<never>(() => undefined);

/**
 * The database at ATTUNE_DATABASE_URL with the keys of ATTUNE_KEYS and the Temporal of TEMPORAL_ADDRESS (or of a profile
 * of Temporal's own). For whichever is not named one of our own runs from the data directory, which then belongs to this
 * process alone. Both start side by side.
 */
export const composeServers = async (
  stack: Stack,
  dataDir: string,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<Servers> => {
  const url = env.ATTUNE_DATABASE_URL;
  const isNamed = env.TEMPORAL_ADDRESS !== undefined || env.TEMPORAL_PROFILE !== undefined;
  const named = url === undefined ? null : { url, keys: parseKeys(env.ATTUNE_KEYS) };
  if (named === null || !isNamed) stack.add(await claimDirectory(await makeDataDir(dataDir)));
  const stops: (() => Promise<void>)[] = [];
  stack.add(async () => void (await Promise.all(stops.map((stop) => stop()))), stopMs);
  const temporal = isNamed ? null : started(stops, startTemporal(dataDir, env, log));
  const postgres = named === null ? started(stops, startEmbeddedPostgres({ dataDir, say: log.warn })) : null;
  const givenUp = Promise.race([postgres, temporal].map(async (own) => (own === null ? never : (await own).givenUp)));
  givenUp.catch(() => undefined);
  return {
    database: (async () => named ?? { url: (await postgres)?.url ?? '', keys: await keysOf(dataDir, env, log) })(),
    temporal: (async () => {
      const own = await temporal;
      return { address: temporalAddress(own?.address ?? null), uiUrl: own?.uiUrl ?? null };
    })(),
    embedded: { database: named === null, temporal: !isNamed },
    givenUp,
  };
};

/** What has been started is stopped, even if the other one failed in the meantime. */
const started = async <Part extends { readonly stop: () => Promise<void> }>(
  stops: (() => Promise<void>)[],
  starting: Promise<Part>,
): Promise<Part> => {
  stops.push(async () => (await starting.catch(() => null))?.stop());
  return starting;
};

const startTemporal = async (dataDir: string, env: NodeJS.ProcessEnv, log: Log) =>
  startEmbeddedTemporal({ cli: await findTemporalCli(dataDir, env), dataDir, ui: wantsUi(env), say: log.warn });

/** Whether Temporal's UI is served: it asks nobody who they are, nor under which name it was called, so only on demand. */
const wantsUi = ({ ATTUNE_TEMPORAL_UI = 'off' }: NodeJS.ProcessEnv): boolean => {
  if (ATTUNE_TEMPORAL_UI === 'on' || ATTUNE_TEMPORAL_UI === 'off') return ATTUNE_TEMPORAL_UI === 'on';
  throw new Failure('config', 'ATTUNE_TEMPORAL_UI is neither on nor off.', {
    remedy: 'Give one of both, or leave it out.',
  });
};

const keysOf = async (dataDir: string, env: NodeJS.ProcessEnv, log: Log): Promise<SealingKeys> => {
  if (env.ATTUNE_KEYS !== undefined) {
    log.warn(
      'ATTUNE_KEYS is not used: without ATTUNE_DATABASE_URL the ledger is in the data directory, encrypted with the keys in its file `keys`.',
    );
  }
  return localKeys(dataDir);
};

/** The ledger of these servers, brought up to date. */
export const composeLedger = async (stack: Stack, { database }: Servers): Promise<Ledger> => {
  const ledger = await openLedger(await database);
  stack.add(ledger.close, 2_000);
  return ledger;
};

/** A client of the Temporal of these servers, and what it was reached by. */
export type ComposedClient = TemporalClient & { readonly address: TemporalAddress; readonly uiUrl: string | null };

/** Connects to the Temporal of these servers. */
export const composeClient = async (stack: Stack, { temporal }: Servers): Promise<ComposedClient> => {
  const { address, uiUrl } = await temporal;
  const client = await connectClient(address);
  stack.add(client.close);
  return { ...client, address, uiUrl };
};

/** Where the built pages of the console are: next to the sources, both in a checkout and in the image. */
const builtConsole = fileURLToPath(new URL('../../console/dist', import.meta.url));

/** The API; its address and first token stay in the data directory. */
export const composeApi = async (
  stack: Stack,
  parts: Pick<ApiParts, 'ledger' | 'config' | 'configured' | 'ready' | 'version' | 'temporalUi' | 'embedded'> & {
    temporal: TemporalClient;
  },
  at: ListenAddress & {
    readonly dataDir: string;
    readonly token: string | undefined;
    readonly hosts: string | undefined;
    readonly tls: TlsFiles | null;
    readonly behindProxy: boolean;
    readonly logger: FastifyBaseLogger;
  },
): Promise<string> => {
  const { ledger, temporal } = parts;
  const api = await serveApi(
    {
      ...parts,
      starter: createStarter(ledger, temporal.client, taskQueue),
      schedules: {
        states: (connector, entries) => scheduleStates(temporal.client, connector, entries),
        pause: (connector, entries, how) => pauseSchedules(temporal.client, connector, entries, how),
      },
      progress: openProgress(ledger),
      console: builtConsole,
      eventsEveryMs: 1_000,
    },
    at,
  );
  stack.add(api.close);
  return api.url;
};
