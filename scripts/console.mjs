// Builds the console's pages into console/dist, unless they were already built from exactly these sources.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { give, root } from './setup.mjs';

const dist = join(root, 'console', 'dist');
const stamp = join(dist, '.sources');

/** All that goes into the pages. */
const sources = [
  'console/src',
  'console/public',
  'console/index.html',
  'console/vite.config.ts',
  'src/core',
  'src/client',
  'package-lock.json',
];

/** Builds the pages with this Node; costs a few milliseconds when nothing has changed. */
export const buildConsole = (node) => {
  const digest = digestOf(sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  process.stderr.write('Building the console ...\n');
  // Built aside and put in place at once: a server that runs meanwhile keeps whole pages.
  const out = join(root, 'console', `dist.${process.pid}`);
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const built = spawnSync(node, [vite, 'build', 'console', '--logLevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ATTUNE_CONSOLE_OUT: out, NODE_ENV: 'production' },
  });
  if (built.status !== 0) {
    rmSync(out, { recursive: true, force: true });
    give('Tried to build the console with vite and it failed: its own words stand above.');
  }
  for (const file of filesBelow(join(out, 'assets'))) compress(file);
  writeFileSync(join(out, '.sources'), digest);
  rmSync(dist, { recursive: true, force: true });
  renameSync(out, dist);
};

const compress = (file) => {
  if (!/\.(js|css|svg|json)$/.test(file)) return;
  const content = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_MODE: mode, BROTLI_MODE_TEXT: text } = constants;
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [quality]: 11, [mode]: text } }));
};

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();

const digestOf = (names) => {
  const hash = createHash('sha256');
  for (const name of names) {
    const path = join(root, name);
    for (const file of statSync(path).isFile() ? [path] : filesBelow(path)) {
      hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
};
