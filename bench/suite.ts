import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Findings } from './findings.ts';
import { mapping } from './mapping.ts';
import { numberOption } from './measure.ts';
import { plans } from './plans.ts';
import { reading } from './reading.ts';
import { changed } from './sets/changed.ts';
import { life } from './sets/life.ts';
import { nights } from './sets/nights.ts';
import { onePerson } from './sets/one-person.ts';
import { twoWorkers } from './sets/two-workers.ts';
import { unchanged } from './sets/unchanged.ts';
import { whatIfs } from './what-if.ts';

/** Says what is being done, for somebody who waits. */
type Say = (text: string) => void;

/** One part of the benchmark; `args` are those of the command line. */
export type Part = (args: readonly string[], say: Say) => Promise<Findings>;

const Printed = z.object({
  bars: z.array(z.object({ id: z.string(), bar: z.string(), measured: z.string(), holds: z.boolean().nullable() })),
  tables: z.array(
    z.object({
      title: z.string(),
      rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
    }),
  ),
});

/** The console is measured by a program of its own: it works in a browser, whose words no other benchmark knows. */
const consoleApart: Part = async (args, say) => {
  say('the console in a browser');
  const text = await said([fileURLToPath(new URL('console/main.ts', import.meta.url)), ...args]);
  return Printed.parse(JSON.parse(text));
};

/** The same as a part of all: it needs the console built and a Chromium, which only the command for it alone looks for. */
const consoleToo: Part = async (args, say) => {
  say('the console in a browser');
  const run = fileURLToPath(new URL('../scripts/run.mjs', import.meta.url));
  const text = await said([run, 'bench/main.ts', 'console', '--json', ...args]);
  if (text.trim() !== '') return Printed.parse(JSON.parse(text));
  const measured = 'not run: there is no Chromium on this machine';
  return { bars: [{ id: 'console', bar: 'console: its pages', measured, holds: null }], tables: [] };
};

const said = (args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });

/** How many people a part is about: as the command line says, or as usual. */
const people = (args: readonly string[], usual: number): number => numberOption(args, 'users', usual);

/** The parts by name. What a number of people is not given for is about as many as the whole benchmark takes. */
export const parts = {
  life: (args, say) => life(people(args, 200), say),
  unchanged: (args, say) => unchanged({ people: people(args, 10_000), pairs: 3 }, say),
  changed: (args, say) => changed({ people: people(args, 200), rounds: 3 }, say),
  person: (args, say) => onePerson({ people: people(args, 600), singles: 50, deltas: 3 }, say),
  nights: (args, say) => nights([people(args, 1_000) / 5, people(args, 1_000)], say),
  workers: (args, say) => twoWorkers({ people: people(args, 500), rounds: 3 }, say),
  mapping,
  plans,
  'what-if': whatIfs,
  reading,
  console: consoleApart,
} satisfies Readonly<Record<string, Part>>;

/** A part about so many people. */
const about =
  (part: Part, users: number): Part =>
  (_, say) =>
    part(['--users', String(users)], say);

/** One pair of the largest size: what is rare is measured once, and says so. */
const once: Part = (_, say) => unchanged({ people: 100_000, pairs: 1 }, say);

/** What runs without a name, in a quarter of an hour. */
export const standard: readonly (readonly [name: string, part: Part])[] = [
  ['life', parts.life],
  ['unchanged', parts.unchanged],
  ['unchanged, 100,000 people', once],
  ['changed', parts.changed],
  ['person', parts.person],
  ['nights', parts.nights],
  ['workers', parts.workers],
  ['mapping', about(mapping, 10_000)],
  ['plans', about(plans, 50_000)],
  ['what-if', about(whatIfs, 20_000)],
  ['reading', about(reading, 10_000)],
  ['console', about(consoleToo, 20_000)],
];

/** What runs with `--full`: every size, every pair three times, thirty nights of everybody. */
export const full: readonly (readonly [name: string, part: Part])[] = [
  ['life', parts.life],
  ...[1_000, 10_000, 50_000, 100_000, 200_000].map(
    (users) => [`unchanged, ${users}`, about(parts.unchanged, users)] as const,
  ),
  ['changed', parts.changed],
  ['changed, 2,000', about(parts.changed, 2_000)],
  ['person', parts.person],
  ['nights', (_, say) => nights([100_000], say)],
  ['workers', parts.workers],
  ['mapping', parts.mapping],
  ['plans', parts.plans],
  ['what-if', whatIfs],
  ['reading', parts.reading],
  ['console', consoleToo],
];
