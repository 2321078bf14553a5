// Runs the browser tests in the Chromium of this machine; without one they are skipped with a line that says so.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { give } from './setup.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of a Chromium, from ATTUNE_CHROMIUM or the PATH; ends the program where there is none. */
export const findChromium = (env) => {
  const named = env.ATTUNE_CHROMIUM;
  if (named !== undefined) {
    if (existsSync(named)) return named;
    give(`Tried the Chromium that ATTUNE_CHROMIUM names and there is nothing at ${named}.`);
  }
  for (const folder of (env.PATH ?? '').split(':')) {
    for (const name of names) if (existsSync(join(folder, name))) return join(folder, name);
  }
  const what = 'there is no Chromium on this machine: apt-get install chromium, or name one in ATTUNE_CHROMIUM.';
  if (env.CI !== undefined) give(`Tried to run the browser tests, but ${what}`);
  process.stderr.write(`The browser tests are skipped, since ${what}\n`);
  process.exit(0);
};
