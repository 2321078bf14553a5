// `node scripts/run.mjs <program.ts> ...`, `--console`, `--test [files]`, `--browser [files]`, `--check [places]`, `--format`: sets
// up, then runs with Node 24.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findChromium } from './browser.mjs';
import { buildConsole } from './console.mjs';
import { testsOf } from './places.mjs';
import { give, root, setUp } from './setup.mjs';

const [what, ...rest] = process.argv.slice(2);
const node = setUp();
const env = {
  ...process.env,
  PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
  // What Node compiled once it need not compile at the next start, of a program or of a test file: a third of the time.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'node'),
};
const bin = (name) => join(root, 'node_modules', '.bin', name);

/** The memory settings of Attune's own servers, for the program itself and not for what tests and measures it. */
const { flags, environment } = JSON.parse(readFileSync(join(root, 'src/cli/memory.json'), 'utf8'));
const isAttune = what === 'src/cli/main.ts';

/** npm ends without a word to what it started; only what npm started goes with it. */
const parent = process.env.npm_lifecycle_event === undefined ? null : process.ppid;

const run = (command, args, { isProgram = false } = {}) =>
  new Promise((resolve) => {
    // The channel tells a program when this process is gone, however it went.
    const stdio = isProgram ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit';
    const child = spawn(command, args, { cwd: root, stdio, env: isAttune ? { ...env, ...environment } : env });
    const pass = (signal) => child.kill(signal);
    process.on('SIGTERM', pass);
    // A terminal gives Ctrl-C to the child itself; this process only waits for it.
    process.on('SIGINT', () => {});
    if (parent !== null) {
      setInterval(() => {
        if (process.ppid !== parent) child.kill('SIGTERM');
      }, 500).unref();
    }
    child.on('error', (error) => give(`Tried to run ${command}: ${error.message}.`));
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
  });

/** Many tests wait for a server rather than compute: five for two cores keep these busy. */
const atOnce = Math.ceil(2.5 * availableParallelism());
const testRun = (files) => [
  node,
  ['--test', `--test-concurrency=${atOnce}`, '--test-global-setup=test/global-setup.ts', ...files],
];

const placed = what === '--check' && rest.length > 0 ? rest : null;

/** A place given to `--check` is checked and its tests are run, which takes seconds; without one all is checked. */
const checks = [
  [bin('biome'), ['check', '--error-on-warnings', ...(placed ?? ['.'])]],
  [bin('tsc'), []],
  ...(placed === null ? [[bin('tsc'), ['--project', 'console']]] : []),
  [
    bin('depcruise'),
    [
      '--config',
      '.dependency-cruiser.json',
      ...(placed?.filter((place) => !place.startsWith('test/')) ?? [
        'src',
        'workflows',
        'activities',
        'sandbox',
        'demo',
        'bench',
        'faults',
        'console/src',
      ]),
    ],
  ],
  ...(placed === null ? [[bin('knip'), ['--no-progress']]] : [testRun(testsOf(placed))]),
];

const isConsoleBench = what === 'bench/main.ts' && rest[0] === 'console';

/** What serves the console, or looks at it. */
const withConsole =
  ['--console', '--browser', 'demo/main.ts', 'scripts/screenshots.ts'].includes(what) ||
  (what === '--test' && rest.length === 0) ||
  isConsoleBench ||
  (what === 'src/cli/main.ts' && ['serve', 'api'].includes(rest[0]));
if (withConsole) buildConsole(node);
if (what === '--console') process.exit(0);

if (what === '--browser' || what === 'scripts/screenshots.ts' || isConsoleBench)
  env.ATTUNE_CHROMIUM = findChromium(env);

const tests = rest.length > 0 ? rest : ['test/**/*.test.ts'];
const browserTests = rest.length > 0 ? rest : ['test/browser/*.browser.ts'];
const steps =
  what === '--test'
    ? [testRun(tests)]
    : what === '--browser'
      ? [[node, ['--test', '--test-concurrency=1', '--test-global-setup=test/global-setup.ts', ...browserTests]]]
      : what === '--check'
        ? checks
        : what === '--format'
          ? [[bin('biome'), ['check', '--write', '.']]]
          : [
              [
                node,
                ['--disable-warning=ExperimentalWarning', ...(isAttune ? flags : []), what, ...rest],
                { isProgram: true },
              ],
            ];

for (const [command, args, kind] of steps) {
  const code = await run(command, args, kind);
  if (code !== 0) process.exit(code);
}
