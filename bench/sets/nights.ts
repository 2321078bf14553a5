import { setTimeout as sleep } from 'node:timers/promises';
import { keepHouse } from '../../src/engine/keep-house.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { localKeys } from '../../src/ledger/sealing/keys.ts';
import { atMost, type Findings, rounded } from '../findings.ts';
import { type Attune, openAttune } from '../system/attune.ts';
import { askLedger, bytesOfTables, ledgerFigures, rowsTouched } from '../system/ledger-figures.ts';
import { seedLedger } from '../system/seed-ledger.ts';
import { startWorld } from '../system/world.ts';

const nightsInAll = 30;

/** After so many the first run is no longer kept whole, and its room is used again. */
const nightsBefore = 3;

/** What the bar speaks of. */
const peopleOfTheBar = 100_000;

/** How often a night asks whether its run is over. */
const lookMs = 50;

/** PostgreSQL's sessions tell what they did when they have had nothing to do for ten seconds. */
const tellMs = 11_000;

/** Tables with a row for each person. */
const ofEverybody = ['profile', 'last_read', 'label'];

type OfTables = Readonly<Record<string, number>>;

/** What thirty nights of so many people add, in all and in which table, and the rows that one run writes. */
type Nights = {
  readonly people: number;
  readonly grown: number;
  readonly tables: OfTables;
  readonly rows: OfTables;
};

/**
 * Thirty nightly runs in which nothing has changed, each followed by housekeeping, a day apart. Of two sizes a line is
 * drawn to the size of the bar, for part of what a run writes does not depend on how many people there are.
 */
export const nights = async (sizes: readonly number[], say: (text: string) => void): Promise<Findings> => {
  const all: Nights[] = [];
  for (const [index, people] of sizes.entries()) {
    say(`thirty nights, ${people} people`);
    all.push(await nightsOf(people, index === sizes.length - 1));
  }
  const [first] = all;
  const last = all.at(-1);
  if (first === undefined || last === undefined) throw new Error('nights of how many people?');
  const slope = all.length < 2 ? 0 : (last.grown - first.grown) / (last.people - first.people);
  const megabytes = (last.grown + slope * (peopleOfTheBar - last.people)) / 1_000_000;
  const how = last.people === peopleOfTheBar ? '' : ` (a line through ${sizes.join(' and ')} people)`;
  const ofPeople = ofEverybody.reduce((sum, table) => sum + (last.rows[table] ?? 0), 0);
  return {
    bars: [
      atMost(
        'ledger.nights',
        `ledger: thirty nights of 100,000 people add less than 200 MB${how}`,
        megabytes,
        200,
        ' MB',
      ),
      atMost('ledger.unchanged', 'ledger: no row is written for a person who has not changed', ofPeople, 0, ' rows'),
    ],
    tables: [
      {
        title: 'Thirty nights in which nothing changed',
        rows: all.map(({ people, grown }) => ({
          people,
          'MB added': rounded(grown / 1_000_000),
          'kB a night': rounded(grown / 1_000 / nightsInAll),
          'bytes a person and night': rounded(grown / people / nightsInAll),
        })),
      },
      {
        title: `What thirty nights of ${last.people} people added, by table`,
        rows: largest(last.tables).map(([table, bytes]) => ({
          table,
          'kB added': rounded(bytes / 1_000),
          'bytes a person and night': rounded(bytes / last.people / nightsInAll),
        })),
      },
      {
        title: `Rows written by one run in which nothing changed, ${last.people} people`,
        rows: largest(last.rows).map(([table, rows]) => ({ table, rows, 'a person': rounded(rows / last.people) })),
      },
    ],
  };
};

const largest = (of: OfTables): readonly (readonly [table: string, amount: number])[] =>
  Object.entries(of)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 8);

/** Which rows a run writes is told of the largest size alone. */
const nightsOf = async (people: number, tellsRows: boolean): Promise<Nights> => {
  const world = await startWorld(people, 'script');
  const attune = await openAttune(world);
  try {
    await attune.begin();
    await attune.stop();
    await seedLedger(attune.dataDir, world.secrets);
    await attune.begin();
    const pass = async (count: number): Promise<void> => {
      for (let night = 0; night < count; night += 1) {
        await nextDay(attune);
        await attune.run({ mode: 'full' }, lookMs);
      }
    };
    await attune.run({ mode: 'full' });
    await pass(nightsBefore);
    const rows = tellsRows ? await rowsOfRun(attune) : {};
    const before = await ledgerFigures(attune.system);
    const tables = await bytesOfTables(attune.system);
    await pass(nightsInAll);
    const { bytes } = await ledgerFigures(attune.system);
    return {
      people,
      grown: bytes - before.bytes,
      tables: difference(tables, await bytesOfTables(attune.system)),
      rows,
    };
  } finally {
    await attune.close();
    world.close();
  }
};

/** The rows that one more run writes, by table. */
const rowsOfRun = async (attune: Attune): Promise<OfTables> => {
  await sleep(tellMs);
  const before = await rowsTouched(attune.system);
  await attune.run({ mode: 'full' });
  await sleep(tellMs);
  return difference(before, await rowsTouched(attune.system));
};

const difference = (before: OfTables, after: OfTables): OfTables =>
  Object.fromEntries(
    Object.entries(after)
      .map(([table, rows]) => [table, rows - (before[table] ?? 0)] as const)
      .filter(([, rows]) => rows > 0),
  );

/**
 * All that happened so far is a day older, and housekeeping has been; and so has PostgreSQL's own, which comes by within
 * minutes where a night is a day after the other, but not where thirty of them pass within two minutes.
 */
const nextDay = async ({ system, dataDir }: Attune): Promise<void> => {
  const older = (table: string, ...columns: string[]): string =>
    `update ${table} set ${columns.map((column) => `${column} = ${column} - interval '1 day'`).join(', ')};`;
  await askLedger(
    system,
    [
      older('run', 'started_at', 'finished_at'),
      older('looked_for', 'looked_at'),
      older('listed', 'listed_at'),
      older('last_read_of', 'at'),
    ].join('\n'),
  );
  const ledger = await openLedger({ url: system.databaseUrl() ?? '', keys: await localKeys(dataDir) });
  try {
    while ((await keepHouse(ledger, () => false)).more);
    await askLedger(system, 'vacuum');
  } finally {
    await ledger.close();
  }
};
