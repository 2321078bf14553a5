import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, type Findings, rounded } from '../findings.ts';
import { median } from '../measure.ts';
import { openAttune } from '../system/attune.ts';
import { everyAttribute } from '../system/document.ts';
import { memoryNow } from '../system/processes.ts';
import { atProducts, startWorld } from '../system/world.ts';

/** How long `serve` takes to be ready and to stop: from an empty directory, as it was left, idle, and while it writes. */
export const life = async (people: number, say: (text: string) => void): Promise<Findings> => {
  say('start and stop');
  const world = await startWorld(people, 'pages');
  const attune = await openAttune(world);
  const [ready, stopped]: [number[], number[]] = [[], []];
  try {
    const first = await attune.begin();
    const idle = memoryNow(attune.system.parts.find(({ name }) => name === 'serve')?.pid() ?? 0);
    stopped.push(await attune.stop());
    for (let n = 0; n < 3; n += 1) {
      ready.push(await attune.begin());
      if (n < 2) stopped.push(await attune.stop());
    }
    await world.slowDown({ call: 20 });
    const ids = (await world.people()).map(({ id }) => id);
    await world.edit(ids, everyAttribute, 1);
    const run = await attune.start({ mode: 'full' });
    while (atProducts(await world.requests(), 'write') < 20) await sleep(50);
    const busy = await attune.stop();
    ready.push(await attune.begin());
    await attune.end(run);
    const longest = (all: readonly number[]): number => Math.max(...all);
    return {
      bars: [
        atMost('ready.first', 'serve: ready in 5 s, from an empty directory', first, 5, ' s'),
        atMost('ready.again', 'serve: ready in 5 s, as it was left (the longest of four)', longest(ready), 5, ' s'),
        atMost('stop.idle', 'serve: stopped in 10 s, idle (the longest of three)', longest(stopped), 10, ' s'),
        atMost('stop.busy', 'serve: stopped in 10 s, in the middle of a full run', busy, 10, ' s'),
      ],
      tables: [
        {
          title: 'Start and stop',
          rows: [
            {
              'ready from nothing s': rounded(first),
              'ready again s': rounded(median(ready)),
              'stopped idle s': rounded(median(stopped)),
              'stopped busy s': rounded(busy),
              'MiB idle': Math.round(idle),
            },
          ],
        },
      ],
    };
  } finally {
    await attune.close();
    world.close();
  }
};
