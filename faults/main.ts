import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findTemporalCli } from '../src/embedded/temporal/find-cli.ts';
import { createRandom } from './random.ts';
import { openRounds, type RoundEnd } from './round.ts';
import { apartSystem, embeddedSystem, type System } from './systems.ts';
import { startWorld } from './world.ts';

const usage = `npm run faults -- [--seed N] [--minutes N] [--users N] [--json] [--keep]
  --seed N     what is drawn; another one by default each time
  --minutes N  how long, 25 by default: half with everything in one process, half with API and workers apart
  --users N    people in the directory, 300 by default
  --json       print JSON alone on standard output
  --keep       leave the logs of the processes

FAULTS_DATABASE_URL and FAULTS_TEMPORAL_ADDRESS name a PostgreSQL and a Temporal server for the second half; without
them the session runs its own, and kills those too.
`;

const readArgs = () => {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        minutes: { type: 'string', default: '25' },
        users: { type: 'string', default: '300' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const [seed, minutes, users] = [Number(values.seed), Number(values.minutes), Number(values.users)];
    if ([seed, minutes, users].every((one) => one >= 0) && users >= 100) return { ...values, seed, minutes, users };
    process.stderr.write('The numbers must be whole, --users at least 100.\n');
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
const rounds: RoundEnd[] = [];

const hold = async (
  until: number,
  seed: number,
  open: (world: Awaited<ReturnType<typeof startWorld>>) => Promise<System>,
) => {
  const random = createRandom(seed);
  const world = await startWorld(args.users, seed, random);
  const system = await open(world);
  try {
    await system.start();
    const longestFreeze = Math.min(90, Math.max(6, args.minutes * 1.5));
    const round = openRounds(world, system, random, longestFreeze);
    for (let no = 1; Date.now() < until; no += 1) {
      const end = await round(no);
      rounds.push(end);
      say(`${end.ok ? 'ok  ' : 'FAIL'} ${end.faults} faults  ${end.name}${end.ok ? '' : `\n     ${end.detail}`}`);
    }
  } finally {
    const late = await system.stop();
    if (late.length > 0) {
      rounds.push({
        name: `${system.name}: the end`,
        faults: 0,
        ...{ lost: 0, invented: 0, outOfPlan: 0, resent: 0, falseReports: 0, hangs: late.length },
        ok: false,
        detail: `${late.join(', ')} did not stop`,
      });
    }
    await world.close();
  }
};

say(`Seed ${args.seed}; logs in ${directory}`);
const half = (args.minutes * 60_000) / 2;
await hold(began + half, args.seed, (world) => embeddedSystem(world, join(directory, 'serve'), cli));
await hold(began + 2 * half, args.seed + 1, (world) =>
  apartSystem(world, join(directory, 'apart'), cli, {
    databaseUrl: process.env.FAULTS_DATABASE_URL ?? null,
    temporal: process.env.FAULTS_TEMPORAL_ADDRESS ?? null,
  }),
);

const sum = (of: (round: RoundEnd) => number): number => rounds.reduce((total, round) => total + of(round), 0);
const figures = {
  seed: args.seed,
  faults: sum((one) => one.faults),
  lost: sum((one) => one.lost),
  invented: sum((one) => one.invented),
  outOfPlan: sum((one) => one.outOfPlan),
  resent: sum((one) => one.resent),
  falseReports: sum((one) => one.falseReports),
  hangs: sum((one) => one.hangs),
};
if (args.json) {
  const scenarios = rounds.map(({ name, faults, ok, detail }) => ({ name, faults, ok, detail }));
  process.stdout.write(`${JSON.stringify({ ...figures, scenarios })}\n`);
} else
  say(
    `\n${Object.entries(figures)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  );
const isWell = figures.lost + figures.invented + figures.outOfPlan + figures.falseReports + figures.hangs === 0;
if (isWell && !args.keep) await rm(directory, { recursive: true, force: true });
process.exit(isWell ? 0 : 1);
