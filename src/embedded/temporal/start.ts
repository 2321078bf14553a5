import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { chmod, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { Failure } from '../../core/failure.ts';
import { freePort } from '../free-port.ts';
import { keepRunning, type Looks, type Part, type Say } from '../keep-running.ts';
import { bareEnvironment, commandOf, endProcess, endWithUs } from '../process.ts';

/**
 * A Temporal server of our own on this machine, its state in the data directory. It is started again when it ends
 * unexpectedly; `givenUp` rejects when that happens too often.
 */
export type EmbeddedTemporal = {
  readonly address: string;
  readonly uiUrl: string | null;
  readonly givenUp: Promise<never>;
  readonly stop: () => Promise<void>;
};

/** What a server is started with; both ports are on 127.0.0.1. */
type Launch = {
  readonly cli: string;
  readonly dataDir: string;
  readonly port: number;
  readonly uiPort: number | null;
};

/** Starting takes 0.2 s on an idle machine; on a busy one this is how long it is waited for. */
const startMs = 60_000;

/**
 * Starts the CLI's server on a free port of 127.0.0.1. It runs in a process group of its own, so that a terminal's
 * Ctrl-C does not end it before the program has shut down in order; what a killed predecessor left is ended first.
 */
export const startEmbeddedTemporal = async (options: {
  cli: string;
  dataDir: string;
  ui: boolean;
  say?: Say;
  looks?: Looks;
}): Promise<EmbeddedTemporal> => {
  const { cli, dataDir, ui } = options;
  await endPredecessor(dataDir);
  // The ports stay the same across restarts, so that clients find the server again.
  const launch = { cli, dataDir, port: await freePort(), uiPort: ui ? await freePort() : null };
  const start = async (): Promise<Part> => {
    const server = (await started(launch)) ?? ((await setAsideUnfinished(dataDir)) ? await started(launch) : null);
    if (server === null) {
      throw new Failure('unavailable', 'The embedded Temporal server did not start.', {
        remedy: `See its own log, ${join(dataDir, 'temporal.log')}.`,
      });
    }
    await writeFile(readyFile(dataDir), '', { mode: 0o600 });
    const ended = isRunning(server) ? once(server, 'exit').then(() => undefined) : Promise.resolve();
    return { ended, answers: (withinMs) => answersNow(launch, withinMs), stop: () => end(server) };
  };
  const { stop, givenUp } = await keepRunning('The embedded Temporal', start, options.say, undefined, options.looks);
  return {
    address: addressOf(launch),
    uiUrl: ui ? `http://127.0.0.1:${launch.uiPort}` : null,
    givenUp,
    stop: async () => {
      await stop();
      await rm(pidFile(dataDir), { force: true });
    },
  };
};

const databaseOf = (dataDir: string): string => join(dataDir, 'temporal.db');
const pidFile = (dataDir: string): string => join(dataDir, 'temporal.pid');
/** Stands there from the moment a server first answered from the database beside it. */
const readyFile = (dataDir: string): string => join(dataDir, 'temporal.ready');
const addressOf = ({ port }: Launch): string => `127.0.0.1:${port}`;

/** The server once it answers, or null if it never does. */
const started = async (launch: Launch): Promise<ChildProcess | null> => {
  await closeToOthers(launch.dataDir);
  const server = launchServer(launch);
  if (await answers(launch, server)) return server;
  await end(server);
  return null;
};

const launchServer = ({ cli, dataDir, port, uiPort }: Launch): ChildProcess => {
  // With a write-ahead log `normal` bears the loss of power: at worst the last steps are missing, which the janitor sees
  // (sqlite.org/pragma.html#pragma_synchronous).
  const pragmas = ['journal_mode=wal', 'synchronous=normal'].flatMap((pragma) => ['--sqlite-pragma', pragma]);
  const where = ['--ip', '127.0.0.1', '--port', String(port), '--db-filename', databaseOf(dataDir)];
  const page = uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort)];
  const args = ['server', 'start-dev', '--namespace', 'default', '--log-level', 'error', ...where, ...pragmas, ...page];
  const log = openSync(join(dataDir, 'temporal.log'), 'a', 0o600);
  // The server makes its files with the rights its mask leaves, and the mask is set where no thread of ours makes any.
  const [command, all] =
    process.platform === 'win32' ? [cli, args] : ['/bin/sh', ['-c', 'umask 077; exec "$0" "$@"', cli, ...args]];
  try {
    const server = spawn(command, all, {
      cwd: dataDir,
      env: bareEnvironment(),
      detached: true,
      stdio: ['ignore', log, log],
    });
    server.on('error', () => undefined);
    if (server.pid !== undefined) server.once('exit', endWithUs(server.pid, 'SIGKILL'));
    server.unref();
    writeFileSync(pidFile(dataDir), JSON.stringify({ pid: server.pid, database: databaseOf(dataDir) }), {
      mode: 0o600,
    });
    return server;
  } finally {
    closeSync(log);
  }
};

/** Files of an older Attune could be read by others. */
const closeToOthers = async (dataDir: string): Promise<void> => {
  const files = (await readdir(dataDir)).filter((name) => name.startsWith('temporal.'));
  await Promise.all(files.map((name) => chmod(join(dataDir, name), 0o600)));
};

const isRunning = (server: ChildProcess): boolean =>
  server.pid !== undefined && server.exitCode === null && server.signalCode === null;

const answers = async (launch: Launch, server: ChildProcess): Promise<boolean> => {
  const until = performance.now() + startMs;
  while (performance.now() < until && isRunning(server)) {
    if (await answersNow(launch, answerMs)) return isRunning(server);
    await sleep(50);
  }
  return false;
};

/** How long one answer of a server that starts may take. */
const answerMs = 5_000;

const answersNow = async (launch: Launch, withinMs: number): Promise<boolean> => {
  try {
    const connection = await Connection.connect({ address: addressOf(launch), connectTimeout: withinMs });
    try {
      await connection.withDeadline(Date.now() + withinMs, () =>
        connection.workflowService.describeNamespace({ namespace: 'default' }),
      );
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
};

/**
 * A server that was killed while it made its database leaves one that no later start can use. Nothing ever ran on it,
 * so it is moved out of the way. A database that was once in use is not touched.
 */
const setAsideUnfinished = async (dataDir: string): Promise<boolean> => {
  const database = databaseOf(dataDir);
  if (existsSync(readyFile(dataDir)) || !existsSync(database)) return false;
  await rename(database, `${database}.unfinished`);
  for (const part of ['-wal', '-shm']) await rm(`${database}${part}`, { force: true });
  return true;
};

/** A predecessor is ended only when the process of that number still is a server of this very database. */
const endPredecessor = async (dataDir: string): Promise<void> => {
  const text = await readFile(pidFile(dataDir), 'utf8').catch(() => '');
  const pid = Number(/"pid":(\d+)/.exec(text)?.[1]);
  if (!Number.isInteger(pid)) return;
  const command = await commandOf(pid);
  if (command.includes('start-dev') && command.includes(databaseOf(dataDir))) await endProcess(pid, endSteps);
};

const endSteps = [
  // A frozen one is resumed first; this signal ends nothing.
  ['SIGCONT', 0],
  ['SIGTERM', 1_500],
  ['SIGKILL', 1_000],
] as const;

const end = async (server: ChildProcess): Promise<void> => {
  if (server.pid === undefined || !isRunning(server)) return;
  const ended = once(server, 'exit');
  await endProcess(server.pid, endSteps);
  await ended;
};
