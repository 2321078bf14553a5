import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { mapping } from './mapping.ts';
import { plans } from './plans.ts';
import { reading } from './reading.ts';

/** A benchmark that is a program of its own: it works in a browser, whose words no other benchmark knows. */
const apart =
  (file: string) =>
  async (args: readonly string[]): Promise<boolean> =>
    spawnSync(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args], { stdio: 'inherit' })
      .status === 0;

/** `npm run bench -- <name> [options]`: prints a table, and exits with 1 when a bar is not cleared. */
const benches: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = {
  console: apart('./console.ts'),
  mapping,
  plans,
  reading,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench === undefined) {
  console.error(`Name one of: ${Object.keys(benches).join(', ')}.`);
  process.exitCode = 2;
} else if (!(await bench(args))) process.exitCode = 1;
