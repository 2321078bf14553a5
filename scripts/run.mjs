// `node scripts/run.mjs <program.ts> ...`, `--test [files]`, `--check`, `--format`: sets up, then runs with Node 24.
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
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
  [
    bin('depcruise'),
    ['--config', '.dependency-cruiser.json', 'src', 'workflows', 'activities', 'sandbox', 'demo', 'bench', 'faults'],
  ],
  [bin('knip'), ['--no-progress']],
];

const tests = rest.length > 0 ? rest : ['test/**/*.test.ts'];
const steps =
  what === '--test'
    ? [[node, ['--test', '--test-concurrency=2', '--test-global-setup=test/global-setup.ts', ...tests]]]
    : what === '--check'
      ? checks
      : what === '--format'
        ? [[bin('biome'), ['check', '--write', '.']]]
        : [[node, ['--disable-warning=ExperimentalWarning', what, ...rest]]];

for (const [command, args] of steps) {
  const code = await run(command, args);
  if (code !== 0) process.exit(code);
}
