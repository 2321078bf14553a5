import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { apartSystem } from '../../faults/systems/apart.ts';
import { atMost, type Findings, rounded } from '../findings.ts';
import { median } from '../measure.ts';
import { openRuns, temporalCli } from '../system/attune.ts';
import { everyAttribute, inFlight } from '../system/document.ts';
import { atProducts, type Requests, startWorld } from '../system/world.ts';

const bar = 'two workers send a target no more requests than its slots allow';
const names = ['BENCH_DATABASE_URL', 'BENCH_TEMPORAL_ADDRESS'] as const;

/** The same runs with one worker and with two, over a PostgreSQL and a Temporal server that somebody else runs. */
export const twoWorkers = async (
  { people, rounds }: { readonly people: number; readonly rounds: number },
  say: (text: string) => void,
): Promise<Findings> => {
  const [databaseUrl, temporal] = names.map((name) => process.env[name]);
  if (databaseUrl === undefined || temporal === undefined) {
    const measured = `not run: ${names.join(' and ')} name an empty database and a Temporal server`;
    return { bars: [{ id: 'workers.load', bar, measured, holds: null }], tables: [] };
  }
  say(`one worker and two, ${people} people`);
  const directory = await mkdtemp(join(tmpdir(), 'attune-bench-'));
  const world = await startWorld(people, 'pages');
  const system = await apartSystem(world, directory, await temporalCli(), { databaseUrl, temporal });
  const runs = openRuns(world, system);
  const second = system.programs.find(({ name }) => name === 'worker-2');
  try {
    await system.start();
    await runs.run({ mode: 'full' });
    const ids = (await world.people()).map(({ id }) => id);
    const rows = [];
    let busiest = 0;
    let no = 0;
    for (const callMs of [0, 20]) {
      await world.slowDown({ call: callMs });
      const ms: Record<1 | 2, number[]> = { 1: [], 2: [] };
      for (let round = 0; round < rounds; round += 1) {
        for (const workers of [1, 2] as const) {
          if (workers === 2) await second?.start();
          else await second?.stop(30_000);
          no += 1;
          await world.edit(ids, everyAttribute, no);
          const { ms: took, requests } = await runs.run({ mode: 'full' });
          ms[workers].push(took);
          if (callMs > 0 && workers === 2) busiest = Math.max(busiest, slotsUsed(requests, took, callMs));
        }
      }
      const [one, two] = [median(ms[1]), median(ms[2])];
      rows.push({
        ...{ 'ms a call': callMs, 'one worker s': rounded(one / 1_000), 'two workers s': rounded(two / 1_000) },
        'speed-up': rounded(one / two),
      });
    }
    return {
      bars: [atMost('workers.load', `${bar} (${inFlight})`, busiest, inFlight, ' at once')],
      tables: [{ title: `Every attribute of everybody changed, ${people} people, one worker and two`, rows }],
    };
  } finally {
    await system.stop();
    world.close();
    await rm(directory, { recursive: true, force: true });
  }
};

/** How many requests the busier product had to answer at once, on average over the run. */
const slotsUsed = (requests: Requests, ms: number, callMs: number): number => {
  const of = (product: string): number =>
    atProducts(
      Object.fromEntries(Object.entries(requests).filter(([key]) => key.startsWith(product))),
      ...['read', 'write', 'listing'],
    );
  return z.number().parse((Math.max(of('jira'), of('confluence')) * callMs) / ms);
};
