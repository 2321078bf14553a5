import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Failure } from '../../core/failure.ts';
import { makeDataDir } from '../data-dir.ts';
import { freePort } from '../free-port.ts';
import { keepRunning, type Looks, type Part, type Say } from '../keep-running.ts';
import { claimDirectory } from '../owner.ts';
import { endWithUs } from '../process.ts';
import { type Cluster, findBinaries, prepareCluster, spawnServer, superuser } from './cluster.ts';
import { placeCluster, removeGone } from './directory.ts';
import { stopLeftover, stopPostmaster } from './leftover.ts';
import { systemUser } from './system-user.ts';

/**
 * A PostgreSQL of this process alone. If `say` is given it is started again when it ends unexpectedly; `givenUp`
 * rejects when that happens too often. `stop` ends it in order; the data stay.
 */
export type EmbeddedPostgres = {
  readonly url: string;
  readonly givenUp: Promise<never>;
  readonly stop: () => Promise<void>;
};

const readyWithinMs = 60_000;

/** For how long the last process of a killed server may still hold its memory while it comes to its end. */
const freeWithinMs = 30_000;

/**
 * Runs the PostgreSQL that comes with Attune from the data directory. What a killed predecessor left running is
 * stopped first; a second living Attune on the same directory is refused.
 */
export const startEmbeddedPostgres = async (options: {
  dataDir: string;
  port?: number;
  throwaway?: boolean;
  say?: Say;
  looks?: Looks;
}): Promise<EmbeddedPostgres> => {
  const dataDir = await makeDataDir(options.dataDir);
  const user = await systemUser();
  if (user !== null) await removeGone();
  const directory = await placeCluster(dataDir, user);
  const cluster = { directory, user, binaries: await findBinaries(user), throwaway: options.throwaway ?? false };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const release = await claimDirectory(directory);
  try {
    const password = await prepare(cluster);
    let { server, port } = await firstStart(cluster, password, options.port);
    let isFirst = true;
    const start = async (): Promise<Part> => {
      // Clients reconnect to the same port.
      if (!isFirst) server = await restart(cluster, password, port);
      isFirst = false;
      return partOf(server, cluster, urlOf(password, port));
    };
    const { stop, givenUp } = await keepRunning(
      'The embedded PostgreSQL',
      start,
      options.say,
      undefined,
      options.looks,
    );
    return { url: urlOf(password, port), givenUp, stop: () => stop().finally(release) };
  } catch (error) {
    await release();
    throw error;
  }
};

const dataOf = ({ directory }: Cluster): string => join(directory, 'data');

const prepare = async (cluster: Cluster): Promise<string> => {
  await stopLeftover(dataOf(cluster));
  return prepareCluster(cluster);
};

const urlOf = (password: string, port: number): string =>
  `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`;

const partOf = (server: ChildProcess, cluster: Cluster, url: string): Part => ({
  answers: (withinMs) => answersAt(url, withinMs),
  ended: isRunning(server) ? once(server, 'exit').then(() => undefined) : Promise.resolve(),
  stop: async () => {
    if (server.pid !== undefined && isRunning(server)) await stopPostmaster(server.pid, dataOf(cluster));
  },
});

/** Whether the server answers a new connection in time; a refusal is an answer too. */
const answersAt = async (url: string, withinMs: number): Promise<boolean> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: withinMs, query_timeout: withinMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    return error instanceof Error && 'severity' in error;
  } finally {
    // A farewell that is never answered must hold up nobody.
    void Promise.race([client.end(), sleep(1_000, undefined, { ref: false })]).catch(() => undefined);
  }
};

const isRunning = (server: ChildProcess): boolean =>
  server.pid !== undefined && server.exitCode === null && server.signalCode === null;

/** A free port may be taken by somebody else before the server has it, so the start is tried more than once. */
const firstStart = async (
  cluster: Cluster,
  password: string,
  wanted: number | undefined,
): Promise<{ server: ChildProcess; port: number }> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort());
    const server = await start(cluster, password, port);
    if (server !== null) return { server, port };
    if (wanted !== undefined || attempt === 3) throw await notStarted(cluster);
  }
};

const restart = async (cluster: Cluster, password: string, port: number): Promise<ChildProcess> => {
  await stopLeftover(dataOf(cluster));
  const server = await start(cluster, password, port);
  if (server === null) throw await notStarted(cluster);
  return server;
};

/**
 * A server that is ready, or null if it never gets ready. Where a process of the one before is not yet gone, the start
 * is tried again: PostgreSQL looks once whether the memory is free, and ends if it is not (18, `PGSharedMemoryCreate`).
 */
const start = async (cluster: Cluster, password: string, port: number): Promise<ChildProcess | null> => {
  const until = performance.now() + freeWithinMs;
  for (;;) {
    const server = await startOnce(cluster, password, port);
    if (server !== null || performance.now() > until || !isMemoryHeld(await lastWord(cluster))) return server;
    await sleep(200);
    await stopLeftover(dataOf(cluster));
  }
};

const isMemoryHeld = (word: string): boolean => /shared memory block .*is still in use/.test(word);

const startOnce = async (cluster: Cluster, password: string, port: number): Promise<ChildProcess | null> => {
  const server = await spawnServer(cluster, port);
  // The immediate shutdown: the next start recovers (PostgreSQL 18, 18.5).
  if (server.pid !== undefined) server.once('exit', endWithUs(server.pid, 'SIGQUIT'));
  server.unref();
  server.on('error', () => undefined);
  if (await isReady(server, urlOf(password, port))) return server;
  if (server.pid !== undefined && isRunning(server)) await stopPostmaster(server.pid, dataOf(cluster));
  return null;
};

const isReady = async (server: ChildProcess, url: string): Promise<boolean> => {
  const until = performance.now() + readyWithinMs;
  while (performance.now() < until && isRunning(server)) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return isRunning(server);
    } catch {
      await sleep(20);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
};

/** Why a server ended, as the end of its log tells: the last line that says so, or the last one. */
const lastWord = async (cluster: Cluster): Promise<string> => {
  const log = await readFile(join(cluster.directory, 'log'), 'utf8').catch(() => '');
  const lines = log.trim().split('\n').slice(-10);
  return lines.findLast((line) => /(FATAL|PANIC): /.test(line)) ?? lines.at(-1) ?? '';
};

const notStarted = async (cluster: Cluster): Promise<Failure> => {
  const last = await lastWord(cluster);
  return new Failure('unavailable', `The embedded PostgreSQL did not start: ${last || 'it printed nothing'}.`, {
    remedy: `See ${join(cluster.directory, 'log')}, or set ATTUNE_DATABASE_URL.`,
  });
};
