import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { embeddedSystem } from '../../faults/systems/embedded.ts';
import type { System } from '../../faults/systems/system.ts';
import { isUnfinished, Run, Started } from '../../faults/wire.ts';
import { findTemporalCli } from '../../src/embedded/temporal/find-cli.ts';
import { forgetPeak, peakMemory, processorSeconds } from './processes.ts';
import { type Requests, requestsSince, type World } from './world.ts';

/** Seconds of the processor, by process. */
export type Seconds = {
  readonly attune: number;
  readonly postgres: number;
  readonly temporal: number;
  readonly sandbox: number;
};

/** One run as it was seen from outside. */
export type Measured = {
  readonly run: Run;
  readonly ms: number;
  readonly cpu: Seconds;
  readonly requests: Requests;
  /** The most memory `serve` had resident during the run, in MiB. */
  readonly memory: number;
};

/** Runs of the benchmark's connector, through the API of a system. */
export type Runs = {
  readonly start: (body: object) => Promise<string>;
  /** Waits for the end of a run. */
  readonly end: (run: string, lookMs?: number) => Promise<Run>;
  readonly run: (body: object, lookMs?: number) => Promise<Measured>;
};

/** `attune serve` in a process of its own, over stand-ins. */
export type Attune = Runs & {
  readonly system: System;
  /** Starts it and says how long it took to be ready, in seconds. */
  readonly begin: () => Promise<number>;
  /** Stops it and says how long that took, in seconds. */
  readonly stop: () => Promise<number>;
  readonly dataDir: string;
  readonly close: () => Promise<void>;
};

/** Where the program keeps the server it fetched. */
export const temporalCli = async (): Promise<string> => {
  const kept = fileURLToPath(new URL('../../.attune', import.meta.url));
  await mkdir(kept, { recursive: true, mode: 0o700 });
  return findTemporalCli(kept, process.env);
};

/** Starts runs over these stand-ins and measures what each takes of the processes of the system. */
export const openRuns = (world: World, system: System): Runs => {
  const pidsOf = (...names: readonly string[]): readonly number[] =>
    system.parts.flatMap((part) => (names.includes(part.name) ? [part.pid() ?? 0] : []));
  const programs = (): readonly number[] => pidsOf('serve', 'api', 'worker-1', 'worker-2');
  const used = (pids: readonly number[], family = false): number =>
    pids.reduce((sum, pid) => sum + processorSeconds(pid, family), 0);
  const seconds = (): Seconds => ({
    attune: used(programs()),
    postgres: used(pidsOf('postgres'), true),
    temporal: used(pidsOf('temporal')),
    sandbox: world.processorSeconds(),
  });
  const start = async (body: object): Promise<string> =>
    (await (await system.api()).post('/api/connectors/bench/runs', body, Started)).run;
  const end = async (run: string, lookMs = 500): Promise<Run> => {
    for (const api = await system.api(); ; await sleep(lookMs)) {
      // A run that was just started may not be in the ledger yet.
      const found = await api.get(`/api/runs/${run}`, Run).catch(() => null);
      if (found !== null && !isUnfinished(found)) return found;
    }
  };
  return {
    start,
    end,
    run: async (body, lookMs) => {
      programs().forEach(forgetPeak);
      const [before, requests] = [seconds(), await world.requests()];
      const since = Date.now();
      const run = await end(await start(body), lookMs);
      const after = seconds();
      const of = (name: keyof Seconds): number => after[name] - before[name];
      return {
        run: mustBeDone(run),
        ms: Date.parse(z.string().parse(run.finishedAt)) - since,
        cpu: { attune: of('attune'), postgres: of('postgres'), temporal: of('temporal'), sandbox: of('sandbox') },
        requests: requestsSince(requests, await world.requests()),
        memory: Math.max(...programs().map(peakMemory)),
      };
    },
  };
};

const opened = new Set<() => Promise<void>>();

/** Has something that runs apart from this process ended with it, however that ends. */
export const closeAtEnd = (close: () => Promise<void>): void => void opened.add(close);

/** Ends whatever is still running. */
export const closeAll = async (): Promise<void> => {
  await Promise.allSettled([...opened].map((close) => close()));
};

/** Prepares a fresh `attune serve` for these stand-ins; `begin` starts it. */
export const openAttune = async (world: World): Promise<Attune> => {
  const directory = await mkdtemp(join(tmpdir(), 'attune-bench-'));
  const system = await embeddedSystem(world, directory, await temporalCli());
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const since = performance.now();
    await work();
    return (performance.now() - since) / 1_000;
  };
  const close = async (): Promise<void> => {
    opened.delete(close);
    await system.stop();
    await rm(directory, { recursive: true, force: true });
  };
  closeAtEnd(close);
  return {
    ...openRuns(world, system),
    system,
    dataDir: join(directory, 'data'),
    begin: () => timed(system.start),
    stop: () =>
      timed(async () => {
        const late = await system.stop();
        if (late.length > 0) throw new Error(`${late.join(', ')} did not stop`);
        // It has ended; this process hears of it a moment later.
        while (system.programs.some((one) => one.pid() !== null)) await sleep(5);
      }),
    close,
  };
};

const mustBeDone = (run: Run): Run => {
  if (run.status === 'done' || run.status === 'doneWithFailures') return run;
  throw new Error(
    `a run of the benchmark ended as ${run.status}: ${JSON.stringify(run.report ?? null).slice(0, 2_000)}`,
  );
};
