import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { peakMemory, processorSeconds } from './processes.ts';
import { answerOf, type Requests, requestsSince, type World } from './world.ts';

/** One piece of work of a baseline as it was seen from outside. */
export type BaselineRun = {
  readonly ms: number;
  readonly cpu: number;
  readonly requests: Requests;
  readonly memory: number;
  /** What it says of itself. */
  readonly found: unknown;
};

/** A program that Attune is compared with, in a process of its own. */
export type Baseline = {
  readonly pid: number;
  readonly run: (job: object) => Promise<BaselineRun>;
  readonly close: () => Promise<void>;
};

const Answer = z.union([z.object({ found: z.unknown(), ms: z.number() }), z.object({ failed: z.string() })]);

/** Starts `bench/baselines/<file>`, which gets the document, the secrets and whatever else it needs. */
export const startBaseline = async (file: string, world: World, more: object = {}): Promise<Baseline> => {
  const { document, secrets } = world;
  const child = fork(new URL(`../baselines/${file}`, import.meta.url), [
    JSON.stringify({ document, secrets, ...more }),
  ]);
  await answerOf(child);
  const pid = child.pid ?? 0;
  return {
    pid,
    run: async (job) => {
      const [before, requests] = [processorSeconds(pid), await world.requests()];
      child.send(job);
      const answer = Answer.parse(await answerOf(child));
      if ('failed' in answer) throw new Error(`${file}: ${answer.failed}`);
      return {
        ...answer,
        cpu: processorSeconds(pid) - before,
        requests: requestsSince(requests, await world.requests()),
        memory: peakMemory(pid),
      };
    },
    close: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};
