import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findTemporalCli } from '../src/embedded/temporal/find-cli.ts';
import { figuresOf, isWell, kindsIn } from './figures.ts';
import { createRandom } from './random.ts';
import { complaints, openRounds, type RoundEnd } from './round.ts';
import { drawScript } from './script.ts';
import { apartSystem } from './systems/apart.ts';
import { embeddedSystem } from './systems/embedded.ts';
import type { System } from './systems/system.ts';
import { startWorld, type World } from './world.ts';

const usage = `npm run faults -- [--seed N] [--minutes N] [--users N] [--only serve|apart] [--json] [--keep]
  --seed N     what is drawn; another one by default each time
  --minutes N  how long, 25 by default
  --users N    people in the directory, 300 by default
  --only NAME  one of the two installations that are tried side by side: serve, with everything in one process, or
               apart, with the API and two workers over a PostgreSQL and a Temporal server
  --json       print only JSON on standard output
  --keep       leave the logs of the processes

FAULTS_DATABASE_URL and FAULTS_TEMPORAL_ADDRESS name an empty PostgreSQL database and a Temporal server for the second
installation; without them the session runs its own, and kills those too.
`;

const installations = ['serve', 'apart'] as const;

const readArgs = () => {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        minutes: { type: 'string', default: '25' },
        users: { type: 'string', default: '300' },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const [seed, minutes, users] = [Number(values.seed), Number(values.minutes), Number(values.users)];
    const names = installations.filter((name) => values.only === undefined || values.only === name);
    if (Number.isInteger(seed) && minutes > 0 && users >= 100 && names.length > 0) {
      return { ...values, seed, minutes, users, names };
    }
    process.stderr.write('--seed takes a whole number, --minutes one above 0, --users one from 100.\n');
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'Wrong usage.'}\n`);
  }
  process.stderr.write(usage);
  process.exit(2);
};

const args = readArgs();
const say = (text: string): void => void (args.json ? process.stderr : process.stdout).write(`${text}\n`);
const directory = await mkdtemp(join(tmpdir(), 'attune-faults-'));
const kept = fileURLToPath(new URL('../.attune', import.meta.url));
await mkdir(kept, { recursive: true, mode: 0o700 });
const cli = await findTemporalCli(kept, process.env);
const began = Date.now();
const until = began + args.minutes * 60_000;
const longestFreeze = Math.min(90, Math.max(8, args.minutes * 4));
const rounds: RoundEnd[] = [];

/** One slot for everybody is the case where a run of one person has to wait for it. */
const inFlight = { serve: 4, apart: 1 } as const;

const open: Readonly<Record<(typeof installations)[number], (world: World) => Promise<System>>> = {
  serve: (world) => embeddedSystem(world, join(directory, 'serve'), cli),
  apart: (world) =>
    apartSystem(world, join(directory, 'apart'), cli, {
      databaseUrl: process.env.FAULTS_DATABASE_URL ?? null,
      temporal: process.env.FAULTS_TEMPORAL_ADDRESS ?? null,
    }),
};

const note = (end: RoundEnd): void => {
  rounds.push(end);
  const wrong = complaints(end);
  const at = Math.round((Date.now() - began) / 1_000);
  const took = Object.entries(end.took).map(([part, seconds]) => `${part} ${seconds}`);
  say(`${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${at} s  ${end.hits.length} faults  ${end.name}  (${took.join(', ')})`);
  for (const one of wrong) say(`       ${one}`);
};

const nothing = { lost: [], invented: [], outOfPlan: [], resent: [], falseReports: [], hangs: [] };

const hold = async (name: (typeof installations)[number], seed: number): Promise<void> => {
  const random = createRandom(seed);
  const world = await startWorld(args.users, seed, inFlight[name]);
  const system = await open[name](world);
  try {
    await system.start();
    const round = openRounds(world, system, longestFreeze);
    for (let no = 1; Date.now() < until; no += 1) note(await round(`${name} ${no}`, drawScript(random)));
  } finally {
    const late = (await system.stop()).map((part) => `${part} did not stop`);
    note({ name: `${name}: the end`, hits: [], took: {}, wrong: { ...nothing, hangs: late } });
    await world.close();
  }
};

say(`Seed ${args.seed}; logs in ${directory}`);
await Promise.all(args.names.map((name) => hold(name, args.seed + installations.indexOf(name))));

const figures = figuresOf(args.seed, rounds);
const { scenarios: _, ...counts } = figures;
const minutes = Math.round((Date.now() - began) / 6_000) / 10;
say(`\nFaults that have hit: ${kindsIn(rounds)}`);
if (args.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
else
  say(
    `${minutes} minutes, ${Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  );
if (isWell(figures) && !args.keep) await rm(directory, { recursive: true, force: true });
process.exit(isWell(figures) ? 0 : 1);
