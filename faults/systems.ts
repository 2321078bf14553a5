import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { z } from 'zod';
import { readAccess } from '../src/client/access-file.ts';
import { type Client, createClient } from '../src/client/client.ts';
import { superuser } from '../src/embedded/postgres/cluster.ts';
import { startEmbeddedPostgres } from '../src/embedded/postgres/start.ts';
import { isAlive, type Part, programPart } from './parts.ts';
import type { World } from './world.ts';

/** An installation under trial: its processes, and the ways in. */
export type System = {
  readonly name: string;
  /** What can be killed and frozen. */
  readonly parts: readonly Part[];
  /** Starts whatever does not run. */
  readonly start: () => Promise<void>;
  readonly api: () => Promise<Client>;
  /** Whether every part says that it is ready. */
  readonly isReady: () => Promise<boolean>;
  /** Null while the database cannot be reached by the address of its files. */
  readonly databaseUrl: () => string | null;
  readonly temporalAddress: () => string | null;
  /** Ends everything in order; gives the names of the parts that did not end in time. */
  readonly stop: () => Promise<readonly string[]>;
};

/** Addresses of servers that somebody else runs; what is null is run by the session itself. */
export type Addresses = { readonly databaseUrl: string | null; readonly temporal: string | null };

const stopWithinMs = 30_000;

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The probe got no port.');
  return address.port;
};

const clean = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ATTUNE|TEMPORAL)_/.test(name)));

const readNow = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

const postmasterOf = (dataDir: string): { readonly pid: number; readonly port: number } | null => {
  const lines = readNow(join(dataDir, 'postgres', 'data', 'postmaster.pid'))?.split('\n') ?? [];
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 && isAlive(pid) ? { pid, port } : null;
};

const urlOf = (dataDir: string): string | null => {
  const password = readNow(join(dataDir, 'postgres', 'password'))?.trim();
  const postmaster = postmasterOf(dataDir);
  if (password === undefined || postmaster === null) return null;
  return `postgres://${superuser}:${password}@127.0.0.1:${postmaster.port}/postgres`;
};

/** A server that another process runs and restarts: it can be met, but not started by us. */
const foundPart = (name: string, pid: () => number | null): Part => ({
  name,
  pid,
  start: async () => undefined,
  crashes: () => 0,
  blame: () => undefined,
  stop: async () => true,
});

const isReadyAt = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
};

const clientOf = async (dataDir: string, port: number): Promise<Client> => {
  const access = await readAccess(dataDir);
  if (access === null) throw new Error(`No address was left in ${dataDir}.`);
  return createClient({ ...access, url: `http://127.0.0.1:${port}` });
};

/** `attune serve` with PostgreSQL and Temporal of its own. */
export const embeddedSystem = async (world: World, directory: string, temporalCli: string): Promise<System> => {
  const dataDir = join(directory, 'data');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const document = join(directory, 'attune.yaml');
  await writeFile(document, world.document);
  const port = await freePort();
  const env = {
    ...clean(),
    ...world.secrets,
    ATTUNE_DATA_DIR: dataDir,
    ATTUNE_PORT: String(port),
    TEMPORAL_CLI_PATH: temporalCli,
  };
  const serve = programPart('serve', ['serve', '--config', document], env, join(directory, 'serve.log'), /connectors/);
  const temporalPid = (): number | null => {
    const pid = Number(/"pid":(\d+)/.exec(readNow(join(dataDir, 'temporal.pid')) ?? '')?.[1]);
    return pid > 0 && isAlive(pid) ? pid : null;
  };
  const parts = [
    serve,
    foundPart('postgres', () => postmasterOf(dataDir)?.pid ?? null),
    foundPart('temporal', temporalPid),
  ];
  return {
    name: 'serve',
    parts,
    start: serve.start,
    api: () => clientOf(dataDir, port),
    isReady: () => isReadyAt(`http://127.0.0.1:${port}`),
    databaseUrl: () => urlOf(dataDir),
    temporalAddress: () => {
      const pid = temporalPid();
      const words = pid === null ? [] : (readNow(`/proc/${pid}/cmdline`) ?? '').split('\0');
      const at = words.indexOf('--port');
      return at < 0 ? null : `127.0.0.1:${words[at + 1]}`;
    },
    stop: async () => ((await serve.stop(stopWithinMs)) ? [] : ['serve']),
  };
};

const ownPostgres = async (directory: string): Promise<{ part: Part; url: string; stop: () => Promise<void> }> => {
  const port = await freePort();
  const dataDir = join(directory, 'database');
  const { url, stop } = await startEmbeddedPostgres({ dataDir, port });
  let running = stop;
  const part: Part = {
    ...foundPart('postgres', () => postmasterOf(dataDir)?.pid ?? null),
    start: async () => {
      if (postmasterOf(dataDir) !== null) return;
      await running().catch(() => undefined);
      running = (await startEmbeddedPostgres({ dataDir, port })).stop;
    },
  };
  return { part, url, stop: () => running() };
};

const ownTemporal = async (
  directory: string,
  cli: string,
): Promise<{ part: Part; address: string; stop: () => void }> => {
  const [port, uiPort] = [await freePort(), await freePort()];
  const address = `127.0.0.1:${port}`;
  const log = openSync(join(directory, 'temporal.log'), 'a', 0o600);
  let pid: number | null = null;
  const start = async (): Promise<void> => {
    if (pid !== null && isAlive(pid)) return;
    const where = ['--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort), '--headless'];
    const kept = ['--db-filename', join(directory, 'temporal.db'), '--namespace', 'default', '--log-level', 'error'];
    const server = spawn(cli, ['server', 'start-dev', ...where, ...kept], {
      detached: true,
      stdio: ['ignore', log, log],
    });
    pid = server.pid ?? null;
    for (let tries = 0; tries < 300; tries += 1) {
      try {
        const connection = await Connection.connect({ address, connectTimeout: 1_000 });
        await connection.workflowService.describeNamespace({ namespace: 'default' });
        await connection.close();
        return;
      } catch {
        await sleep(100);
      }
    }
    throw new Error(`Temporal did not start; see ${join(directory, 'temporal.log')}`);
  };
  await start();
  const part: Part = {
    ...foundPart('temporal', () => (pid !== null && isAlive(pid) ? pid : null)),
    start,
  };
  return {
    part,
    address,
    stop: () => {
      if (pid !== null && isAlive(pid)) process.kill(pid, 'SIGKILL');
    },
  };
};

/** The API and two workers apart, over a database and a Temporal of the session's own or of somebody else's. */
export const apartSystem = async (
  world: World,
  directory: string,
  temporalCli: string,
  addresses: Addresses,
): Promise<System> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const postgres = addresses.databaseUrl === null ? await ownPostgres(directory) : null;
  const temporal = addresses.temporal === null ? await ownTemporal(directory, temporalCli) : null;
  const url = z.string().parse(addresses.databaseUrl ?? postgres?.url);
  const address = z.string().parse(addresses.temporal ?? temporal?.address);
  const document = join(directory, 'attune.yaml');
  await writeFile(document, world.document);
  const port = await freePort();
  const env = {
    ...clean(),
    ...world.secrets,
    ATTUNE_DATABASE_URL: url,
    ATTUNE_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    TEMPORAL_ADDRESS: address,
    ATTUNE_PORT: String(port),
  };
  const part = (name: string, args: readonly string[]): Part =>
    programPart(
      name,
      args,
      { ...env, ATTUNE_DATA_DIR: join(directory, name) },
      join(directory, `${name}.log`),
      /connectors/,
    );
  const programs = [
    part('api', ['api', '--config', document]),
    part('worker-1', ['worker']),
    part('worker-2', ['worker']),
  ];
  const servers = [...(postgres === null ? [] : [postgres.part]), ...(temporal === null ? [] : [temporal.part])];
  return {
    name: 'apart',
    parts: [...programs, ...servers],
    start: async () => {
      for (const server of servers) await server.start();
      for (const program of programs) await program.start();
    },
    api: () => clientOf(join(directory, 'api'), port),
    isReady: () => isReadyAt(`http://127.0.0.1:${port}`),
    databaseUrl: () => url,
    temporalAddress: () => address,
    stop: async () => {
      const late: string[] = [];
      for (const program of [...programs].reverse()) {
        if (!(await program.stop(stopWithinMs))) late.push(program.name);
      }
      temporal?.stop();
      await postgres?.stop();
      return late;
    },
  };
};
