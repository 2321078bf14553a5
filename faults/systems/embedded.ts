import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPart, isServerOf, type Part } from '../parts.ts';
import { programPart } from '../program.ts';
import type { World } from '../world.ts';
import {
  cleanEnvironment,
  clientOf,
  databaseIn,
  freePort,
  isReadyAt,
  postmasterOf,
  readNow,
  type System,
  stopWithinMs,
} from './system.ts';

/** After so many ends of one of its servers within ten minutes `serve` ends too, and says so. */
const givesUpAfter = { times: 3, withinMs: 600_000 };

/** A server that `serve` runs and restarts: it can be met, but is not started by us. */
const serverOf = (name: string, pid: () => number | null, stopSignal: NodeJS.Signals, ends: number[]): Part =>
  createPart({ name, pid, stopSignal, start: async () => undefined, blame: () => ends.push(Date.now()) });

/** `attune serve` with PostgreSQL and Temporal of its own. */
export const embeddedSystem = async (
  world: Pick<World, 'document' | 'secrets'>,
  directory: string,
  temporalCli: string,
): Promise<System> => {
  const dataDir = join(directory, 'data');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const document = join(directory, 'attune.yaml');
  await writeFile(document, world.document);
  const port = await freePort();
  const env = {
    ...cleanEnvironment(),
    ...world.secrets,
    ATTUNE_DATA_DIR: dataDir,
    ATTUNE_PORT: String(port),
    TEMPORAL_CLI_PATH: temporalCli,
  };
  const temporalPid = (): number | null => {
    const pid = Number(/"pid":(\d+)/.exec(readNow(join(dataDir, 'temporal.pid')) ?? '')?.[1]);
    return pid > 0 && isServerOf(pid, join(dataDir, 'temporal.db')) ? pid : null;
  };
  const ends: Record<'PostgreSQL' | 'Temporal', number[]> = { PostgreSQL: [], Temporal: [] };
  const serve = programPart({
    name: 'serve',
    args: ['serve', '--config', document],
    env,
    log: join(directory, 'serve.log'),
    mayEndWith: (said) => {
      const server = /The embedded (PostgreSQL|Temporal) keeps ending by itself, so Attune ends too/.exec(said)?.[1];
      const since = Date.now() - givesUpAfter.withinMs;
      if (server !== 'PostgreSQL' && server !== 'Temporal') return false;
      return ends[server].filter((at) => at >= since).length > givesUpAfter.times;
    },
  });
  const parts = [
    serve,
    serverOf('postgres', () => postmasterOf(dataDir)?.pid ?? null, 'SIGINT', ends.PostgreSQL),
    serverOf('temporal', temporalPid, 'SIGTERM', ends.Temporal),
  ];
  return {
    name: 'serve',
    parts,
    programs: [serve],
    start: serve.start,
    api: () => clientOf(dataDir, port),
    isReady: () => isReadyAt(port),
    databaseUrl: () => databaseIn(dataDir),
    temporalAddress: () => {
      const pid = temporalPid();
      const words = pid === null ? [] : (readNow(`/proc/${pid}/cmdline`) ?? '').split('\0');
      const at = words.indexOf('--port');
      return at < 0 ? null : `127.0.0.1:${words[at + 1]}`;
    },
    stop: async () => ((await serve.stop(stopWithinMs)) === 'stopped' ? [] : ['serve']),
  };
};
