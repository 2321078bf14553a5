import { setTimeout as sleep } from 'node:timers/promises';
import { isStopped, type Part } from '../parts.ts';
import type { Random } from '../random.ts';
import { type Event, hit, missed, type Scene } from './event.ts';

/** Starts a part again after a while, as whoever supervises it would. */
const startsAgain = ({ beside }: Scene, random: Random, part: Part): void => {
  const pause = 1_000 * random.number(0, 4);
  beside(sleep(pause).then(() => part.start().catch(() => undefined)));
};

const kill: Event = {
  kind: 'kill',
  happen: async (scene) => {
    const { system, random } = scene;
    const part = random.one(system.parts);
    const killed = part.kill();
    startsAgain(scene, random, part);
    return killed ? hit : missed;
  },
};

const killAll: Event = {
  kind: 'everything killed',
  happen: async (scene) => {
    const { system, random } = scene;
    const killed = system.parts.filter((part) => part.kill());
    for (const part of killed) startsAgain(scene, random, part);
    return killed.length > 0 ? hit : missed;
  },
};

/** Mostly some seconds, now and then as long as is allowed. */
export const drawFreeze = (random: Random, longest: number): number =>
  1_000 * (5 + (longest - 5) * random.number(0, 1) ** 5);

const freeze: Event = {
  kind: 'freeze',
  happen: async ({ system, random, longestFreeze }) => {
    const part = random.one(system.parts);
    const lasts = drawFreeze(random, longestFreeze);
    const pid = part.freeze();
    if (pid === null) return missed;
    await sleep(50);
    const stopped = isStopped(pid);
    await sleep(lasts);
    part.thaw(pid);
    return stopped ? hit : missed;
  },
};

/** How long a part may take to stop when it is asked to, whatever goes on. */
const stopWithinMs = 30_000;

const restart: Event = {
  kind: 'restart',
  happen: async (scene) => {
    const { system, random, report } = scene;
    const part = random.one(system.parts);
    if (part.pid() === null) return missed;
    const asked = await part.stop(stopWithinMs);
    if (asked === 'late') report(`${part.name} did not stop within ${stopWithinMs / 1000} s`);
    startsAgain(scene, random, part);
    return hit;
  },
};

/** Kills, freezes and restarts of every process there is. */
export const onProcesses: readonly Event[] = [kill, kill, kill, killAll, freeze, freeze, restart];
