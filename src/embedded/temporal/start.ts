import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { Failure } from '../../core/failure.ts';

/** A Temporal server of our own on this machine, its state in the data directory. */
export type EmbeddedTemporal = {
  readonly address: string;
  readonly uiUrl: string | null;
  readonly stop: () => Promise<void>;
};

/** Starting takes 0.2 s on an idle machine; on a busy one this is how long it is waited for. */
const startMs = 30_000;

/**
 * Starts the CLI's server on a free port of 127.0.0.1. It runs in a process group of its own, so that a terminal's
 * Ctrl-C does not end it before the program has shut down in order; what a killed predecessor left is ended first.
 */
export const startEmbeddedTemporal = async (options: {
  cli: string;
  dataDir: string;
  ui: boolean;
}): Promise<EmbeddedTemporal> => {
  const pidFile = join(options.dataDir, 'temporal.pid');
  await endPredecessor(pidFile, options.dataDir);
  const database = join(options.dataDir, 'temporal.db');
  const [port, uiPort] = [await freePort(), await freePort()];
  const pragmas = ['journal_mode=wal', 'synchronous=off'].flatMap((pragma) => ['--sqlite-pragma', pragma]);
  const interface_ = options.ui ? ['--ui-port', String(uiPort)] : ['--headless'];
  const where = ['--ip', '127.0.0.1', '--port', String(port), '--db-filename', database];
  const log = openSync(join(options.dataDir, 'temporal.log'), 'a', 0o600);
  const server = spawn(
    options.cli,
    ['server', 'start-dev', '--namespace', 'default', '--log-level', 'error', ...where, ...pragmas, ...interface_],
    { detached: true, stdio: ['ignore', log, log] },
  );
  await writeFile(pidFile, JSON.stringify({ pid: server.pid, database }), { mode: 0o600 });
  const address = `127.0.0.1:${port}`;
  await answer(address, server, options.dataDir);
  return {
    address,
    uiUrl: options.ui ? `http://127.0.0.1:${uiPort}` : null,
    stop: async () => {
      await end(server.pid);
      await rm(pidFile, { force: true });
    },
  };
};

const answer = async (address: string, server: ChildProcess, dataDir: string): Promise<void> => {
  const until = Date.now() + startMs;
  while (Date.now() < until && server.exitCode === null) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1_000 });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Failure('unavailable', 'The embedded Temporal server did not start.', {
    remedy: `Its own words stand in ${join(dataDir, 'temporal.log')}.`,
  });
};

/** A predecessor is ended only when the process of that number still is a server of this very database. */
const endPredecessor = async (pidFile: string, dataDir: string): Promise<void> => {
  const text = await readFile(pidFile, 'utf8').catch(() => null);
  const pid = Number(text === null ? Number.NaN : /"pid":(\d+)/.exec(text)?.[1]);
  if (!Number.isInteger(pid)) return;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (commandLine.includes('start-dev') && commandLine.includes(join(dataDir, 'temporal.db'))) await end(pid);
};

const end = async (pid: number | undefined): Promise<void> => {
  if (pid === undefined) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!send(pid, signal)) return;
    for (let waited = 0; waited < 3_000 && send(pid, 0); waited += 50) await sleep(50);
  }
};

const send = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
