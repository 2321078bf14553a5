import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { startEmbeddedPostgres } from '../../src/embedded/postgres/start.ts';
import { createPart, type Part, signal } from '../parts.ts';
import { freePort, postmasterOf } from './system.ts';

/** A server of the session's own, that programs reach by its address. */
export type OwnServer = { readonly part: Part; readonly address: string; readonly stop: () => Promise<void> };

/** A PostgreSQL that stands alone. */
export const ownPostgres = async (directory: string): Promise<OwnServer> => {
  const port = await freePort();
  const dataDir = join(directory, 'database');
  let { url, stop } = await startEmbeddedPostgres({ dataDir, port });
  const part = createPart({
    name: 'postgres',
    pid: () => postmasterOf(dataDir)?.pid ?? null,
    stopSignal: 'SIGINT',
    start: async () => {
      if (postmasterOf(dataDir) !== null) return;
      await stop().catch(() => undefined);
      ({ url, stop } = await startEmbeddedPostgres({ dataDir, port }));
    },
  });
  return { part, address: url, stop: () => stop() };
};

/** How long a start may take on a busy machine. */
const readyWithinMs = 120_000;

/** A Temporal server that stands alone and keeps its state. */
export const ownTemporal = async (directory: string, cli: string): Promise<OwnServer> => {
  const [port, uiPort] = [await freePort(), await freePort()];
  const address = `127.0.0.1:${port}`;
  const log = openSync(join(directory, 'temporal.log'), 'a', 0o600);
  let server: ChildProcess | null = null;
  const pid = (): number | null =>
    server !== null && server.exitCode === null && server.signalCode === null ? (server.pid ?? null) : null;
  const start = async (): Promise<void> => {
    if (pid() !== null) return;
    const where = ['--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort), '--headless'];
    const kept = ['--db-filename', join(directory, 'temporal.db'), '--namespace', 'default', '--log-level', 'error'];
    const begun = spawn(cli, ['server', 'start-dev', ...where, ...kept], {
      detached: true,
      stdio: ['ignore', log, log],
    });
    server = begun;
    // One that is killed while it starts is started again by whoever supervises it, and not waited for.
    for (const until = Date.now() + readyWithinMs; pid() === begun.pid && Date.now() < until; ) {
      try {
        const connection = await Connection.connect({ address, connectTimeout: 5_000 });
        await connection.withDeadline(Date.now() + 5_000, () =>
          connection.workflowService.describeNamespace({ namespace: 'default' }),
        );
        await connection.close();
        return;
      } catch {
        await sleep(100);
      }
    }
    throw new Error(`Temporal did not start; see ${join(directory, 'temporal.log')}`);
  };
  const part = createPart({ name: 'temporal', pid, start, stopSignal: 'SIGTERM' });
  await part.start();
  const stop = async (): Promise<void> => {
    const id = pid();
    if (id !== null) signal(id, 'SIGKILL');
  };
  return { part, address, stop };
};
