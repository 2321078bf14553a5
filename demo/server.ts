import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { memory } from '../src/cli/memory.ts';
import { type Access, readAccess } from '../src/client/access-file.ts';
import { removeDataDir } from '../src/embedded/data-dir.ts';
import { findTemporalCli } from '../src/embedded/temporal/find-cli.ts';
import { cleanEnvironment } from './environment.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readyMs = 120_000;

/** `attune serve` as a separate process, as an admin would start it. */
export type DemoServer = {
  readonly access: Access;
  readonly temporalUi: string;
  /** Resident memory of the process in MiB, now and at its highest; null where the system does not tell. */
  readonly memory: () => Promise<{ now: number; highest: number } | null>;
  readonly stop: () => Promise<void>;
};

/** Starts `attune serve` on embedded defaults with a fresh data directory. */
export const startServer = async (document: string, secrets: Record<string, string>): Promise<DemoServer> => {
  const kept = join(root, '.attune');
  const dataDir = join(kept, 'demo');
  await refuseSecond(dataDir);
  await removeDataDir(dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'attune.yaml');
  await writeFile(file, document);
  const log = join(dataDir, 'server.log');
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      ...memory.flags,
      join(root, 'src/cli/main.ts'),
      'serve',
      '--config',
      file,
    ],
    {
      env: {
        ...cleanEnvironment(),
        ...memory.environment,
        ...secrets,
        ATTUNE_DATA_DIR: dataDir,
        ATTUNE_PORT: '0',
        ATTUNE_TEMPORAL_UI: 'on',
        TEMPORAL_CLI_PATH: await findTemporalCli(kept, process.env),
      },
      // With a channel, so that it ends when the demo is killed.
      stdio: ['ignore', 'pipe', openSync(log, 'a', 0o600), 'ipc'],
      // A terminal's Ctrl-C reaches the demo alone, which then ends its server in order.
      detached: true,
    },
  );
  const said = await ready(child, log);
  const access = await readAccess(dataDir);
  if (access === null) throw new Error(`The server left no address; its log is ${log}.`);
  return {
    access,
    temporalUi: /Temporal UI +(\S+)/.exec(said)?.[1] ?? '',
    memory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => null);
      const of = (name: string): number =>
        Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status ?? '')?.[1]) / 1024);
      return status === null ? null : { now: of('VmRSS'), highest: of('VmHWM') };
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
};

/** The data of a demo that still runs must not be taken from under it. */
const refuseSecond = async (dataDir: string): Promise<void> => {
  const access = await readAccess(dataDir);
  if (access === null) return;
  const answer = await fetch(new URL('/healthz', access.url)).catch(() => null);
  if (answer?.ok) throw new Error('Another demo is running from this folder: stop it with Ctrl-C first.');
};

const ready = async (child: ChildProcess, log: string): Promise<string> => {
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  for (let waited = 0; waited < readyMs && child.exitCode === null; waited += 50) {
    if (/connectors +\S/.test(said)) return said;
    await sleep(50);
  }
  child.kill('SIGTERM');
  throw new Error(`The server did not start. Its output: ${await readFile(log, 'utf8')}`);
};
