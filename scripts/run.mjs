// `node scripts/run.mjs <program.ts> ...`, `--console`, `--test [files]`, `--browser [files]`, `--check`, `--format`: sets
// up, then runs with Node 24.
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { findChromium } from './browser.mjs';
import { buildConsole } from './console.mjs';
import { give, root, setUp } from './setup.mjs';

const [what, ...rest] = process.argv.slice(2);
const node = setUp();
const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
const bin = (name) => join(root, 'node_modules', '.bin', name);

const run = (command, args) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env });
    const pass = (signal) => child.kill(signal);
    process.on('SIGTERM', pass);
    // A terminal gives Ctrl-C to the child itself; this process only waits for it.
    process.on('SIGINT', () => {});
    child.on('error', (error) => give(`Tried to run ${command}: ${error.message}.`));
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
  });

const checks = [
  [bin('biome'), ['check', '--error-on-warnings', '.']],
  [bin('tsc'), []],
  [bin('tsc'), ['--project', 'console']],
  [
    bin('depcruise'),
    [
      '--config',
      '.dependency-cruiser.json',
      'src',
      'workflows',
      'activities',
      'sandbox',
      'demo',
      'bench',
      'faults',
      'console/src',
    ],
  ],
  [bin('knip'), ['--no-progress']],
];

/** What serves the console, or looks at it. */
const withConsole =
  ['--console', '--browser', 'demo/main.ts', 'scripts/screenshots.ts'].includes(what) ||
  (what === '--test' && rest.length === 0) ||
  (what === 'src/cli/main.ts' && ['serve', 'api'].includes(rest[0]));
if (withConsole) buildConsole(node);
if (what === '--console') process.exit(0);

if (what === '--browser' || what === 'scripts/screenshots.ts') env.ATTUNE_CHROMIUM = findChromium(env);

const tests = rest.length > 0 ? rest : ['test/**/*.test.ts'];
const browserTests = rest.length > 0 ? rest : ['test/browser/*.browser.ts'];
const steps =
  what === '--test'
    ? [[node, ['--test', '--test-concurrency=2', '--test-global-setup=test/global-setup.ts', ...tests]]]
    : what === '--browser'
      ? [[node, ['--test', '--test-concurrency=1', '--test-global-setup=test/browser/setup.ts', ...browserTests]]]
      : what === '--check'
        ? checks
        : what === '--format'
          ? [[bin('biome'), ['check', '--write', '.']]]
          : [[node, ['--disable-warning=ExperimentalWarning', what, ...rest]]];

for (const [command, args] of steps) {
  const code = await run(command, args);
  if (code !== 0) process.exit(code);
}
