import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Failure } from '../../core/failure.ts';
import { makeDataDir } from '../data-dir.ts';
import { freePort } from '../free-port.ts';
import { type Cluster, findBinaries, prepareCluster, spawnServer, superuser } from './cluster.ts';
import { placeCluster } from './directory.ts';
import { claimDirectory, stopLeftover, stopPostmaster } from './owner.ts';
import { systemUser } from './system-user.ts';

/** A PostgreSQL of this process alone. `stop` ends it in order; the data stay. */
export type EmbeddedPostgres = { readonly url: string; readonly stop: () => Promise<void> };

const readyWithinMs = 60_000;

/**
 * Runs the PostgreSQL that comes with Attune from the data directory. What a killed predecessor left running is
 * stopped first; a second living Attune on the same directory is refused.
 */
export const startEmbeddedPostgres = async (options: {
  dataDir: string;
  port?: number;
  throwaway?: boolean;
}): Promise<EmbeddedPostgres> => {
  const dataDir = await makeDataDir(options.dataDir);
  const user = await systemUser();
  const directory = await placeCluster(dataDir, user);
  const cluster = { directory, user, binaries: await findBinaries(user), throwaway: options.throwaway ?? false };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const release = await claimDirectory(directory);
  try {
    await stopLeftover(join(directory, 'data'));
    const password = await prepareCluster(cluster);
    const { server, url } = await start(cluster, password, options.port);
    return {
      url,
      stop: async () => {
        if (server.pid !== undefined && server.exitCode === null) await stopPostmaster(server.pid);
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
};

/** A free port may be taken by somebody else before the server has it, so the start is tried more than once. */
const start = async (
  cluster: Cluster,
  password: string,
  wanted: number | undefined,
): Promise<{ server: ChildProcess; url: string }> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort());
    const server = await spawnServer(cluster, port);
    server.unref();
    server.on('error', () => undefined);
    const url = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`;
    if (await isReady(server, url)) return { server, url };
    if (server.pid !== undefined && server.exitCode === null) await stopPostmaster(server.pid);
    if (wanted !== undefined || attempt === 3) throw await notStarted(cluster);
  }
};

const isReady = async (server: ChildProcess, url: string): Promise<boolean> => {
  const until = performance.now() + readyWithinMs;
  while (performance.now() < until && server.pid !== undefined && server.exitCode === null) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      await sleep(20);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
};

const notStarted = async (cluster: Cluster): Promise<Failure> => {
  const log = await readFile(join(cluster.directory, 'log'), 'utf8').catch(() => '');
  const last = log.trim().split('\n').at(-1) ?? '';
  return new Failure('unavailable', `The embedded PostgreSQL did not start: ${last || 'it said nothing'}.`, {
    remedy: `See ${join(cluster.directory, 'log')}, or set ATTUNE_DATABASE_URL.`,
  });
};
