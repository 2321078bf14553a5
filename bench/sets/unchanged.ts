import { atLeast, atMost, type Findings, rounded } from '../findings.ts';
import { median } from '../measure.ts';
import { type Attune, type Measured, openAttune } from '../system/attune.ts';
import { type Baseline, type BaselineRun, startBaseline } from '../system/baseline.ts';
import { historyOf } from '../system/histories.ts';
import { ledgerFigures } from '../system/ledger-figures.ts';
import { seedLedger } from '../system/seed-ledger.ts';
import { atProducts, startWorld } from '../system/world.ts';

/** A number of people, and how often each pair of runs is measured. */
type Size = { readonly people: number; readonly pairs: number };

/** What the provider takes for a page, in milliseconds. */
const pageMs = [0, 200] as const;

/** Full runs in which nothing has changed, each next to a bare loop that reads the same pages. */
export const unchanged = async ({ people, pairs }: Size, say: (text: string) => void): Promise<Findings> => {
  say(`nothing changed, ${people} people: the ledger is seeded`);
  const world = await startWorld(people, 'script');
  const attune = await openAttune(world);
  const bare = await startBaseline('bare-loop.ts', world);
  try {
    await attune.begin();
    await attune.stop();
    await seedLedger(attune.dataDir, world.secrets);
    await attune.begin();
    // The first run meets a ledger and programs that are cold, and is no part of the figures.
    await attune.run({ mode: 'full' });
    await bare.run({ read: 'everybody' });
    const found: (Findings & { readonly last: string })[] = [];
    for (const ms of pageMs) {
      await world.slowDown({ page: ms });
      say(`nothing changed, ${people} people: ${ms} ms a page`);
      found.push(await pairsOf(attune, bare, { people, pairs, pageMs: ms }));
    }
    const parent = await historyOf(attune.system, found.at(-1)?.last ?? '');
    const ledger = await ledgerFigures(attune.system);
    return {
      bars: [
        ...found.flatMap(({ bars }) => bars),
        ...(people < 10_000
          ? []
          : [
              atMost(
                `ledger.person.${people}`,
                `ledger: under 1.5 kB a person and target (${people} people)`,
                ledger.profileBytes / ledger.profiles,
                1_500,
                ' bytes',
              ),
            ]),
      ],
      tables: [
        { title: `Nothing changed, ${people} people`, rows: found.flatMap(({ tables }) => tables[0]?.rows ?? []) },
        {
          title: `Nothing changed, ${people} people: history and ledger`,
          rows: [
            {
              'events of the run': parent.run.events,
              'kB of history of the run': rounded(parent.run.bytes / 1_000),
              'child workflows': parent.children.length,
              'bytes of profile a person and target': rounded(ledger.profileBytes / ledger.profiles),
              'MB of the whole ledger': rounded(ledger.bytes / 1_000_000),
            },
          ],
        },
      ],
    };
  } finally {
    await bare.close();
    await attune.close();
    world.close();
  }
};

const pairsOf = async (
  attune: Attune,
  bare: Baseline,
  { people, pairs, pageMs }: Size & { readonly pageMs: number },
): Promise<Findings & { readonly last: string }> => {
  const [runs, loops]: [Measured[], BaselineRun[]] = [[], []];
  for (let pair = 0; pair < pairs; pair += 1) {
    loops.push(await bare.run({ read: 'everybody' }));
    runs.push(await attune.run({ mode: 'full' }));
  }
  const of = (pick: (one: Measured) => number): number => median(runs.map(pick));
  const run = of(({ ms }) => ms);
  const loop = median(loops.map(({ ms }) => ms));
  const ratio = median(runs.map(({ ms }, at) => ms / (loops[at]?.ms ?? Number.NaN)));
  const speed = (people / run) * 1_000;
  const touched = Math.max(...runs.map(({ requests }) => atProducts(requests, 'read', 'write')));
  const listed = Math.max(...runs.map(({ requests }) => atProducts(requests, 'listing')));
  const memory = Math.max(...runs.map((one) => one.memory));
  const where = `${people} people, ${pageMs} ms a page`;
  const isLarge = people >= 100_000;
  return {
    last: runs.at(-1)?.run.id ?? '',
    bars: [
      atMost(
        `unchanged.calls.${people}.${pageMs}`,
        `nothing changed: no read or write at a target (${where})`,
        touched,
        0,
      ),
      ...(pageMs > 0 && isLarge
        ? [
            atMost(
              `unchanged.slow.${people}`,
              `nothing changed: at most 1.2 times the bare loop (${where})`,
              ratio,
              1.2,
              'x',
            ),
          ]
        : []),
      ...(pageMs === 0 && isLarge
        ? [
            atLeast(
              `unchanged.fast.${people}`,
              `nothing changed: at least 5,000 people a second (${where})`,
              speed,
              5_000,
              '/s',
            ),
          ]
        : []),
      atMost(
        `memory.unchanged.${people}.${pageMs}`,
        `worker: under 400 MiB (nothing changed, ${where})`,
        memory,
        400,
        ' MiB',
      ),
    ],
    tables: [
      {
        title: '',
        rows: [
          {
            'ms a page': pageMs,
            pairs,
            'run s': rounded(run / 1_000),
            'people/s': Math.round(speed),
            'bare loop s': rounded(loop / 1_000),
            ratio: rounded(ratio),
            'CPU s: attune': rounded(of(({ cpu }) => cpu.attune)),
            postgres: rounded(of(({ cpu }) => cpu.postgres)),
            temporal: rounded(of(({ cpu }) => cpu.temporal)),
            sandbox: rounded(of(({ cpu }) => cpu.sandbox)),
            'bare loop': rounded(median(loops.map(({ cpu }) => cpu))),
            'source calls': of(({ requests }) => requests['entra listing'] ?? 0),
            'target listings': listed,
            'reads and writes': touched,
            'MiB attune': Math.round(memory),
            'MiB bare loop': Math.round(Math.max(...loops.map((one) => one.memory))),
          },
        ],
      },
    ],
  };
};
