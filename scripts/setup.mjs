// Brings a fresh checkout to where it can run: dependencies as locked, and the Node 24 that comes with them. Runs on
// whatever Node is on the PATH, so it uses nothing but Node's own modules.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.attune-lock');

/** Ends the program with one sentence that says what was tried and what to do. */
export const give = (sentence) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

/** Installs the locked dependencies unless they are there already, and returns the path of the pinned Node. */
export const setUp = () => {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    process.stderr.write('Installing dependencies ...\n');
    // Not `npm ci`: it refuses a lock that lacks the optional binaries of other platforms, which some registries do not
    // carry. This installs what is locked too, and changes no file.
    const install = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel', 'error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    if (install.status !== 0) {
      give(
        'Tried `npm install --no-save` and it failed (its own words stand above): check that npm reaches its registry, then try again.',
      );
    }
    // A new file, not a change of the old one: checkouts may share their modules by hard links.
    writeFileSync(`${stamp}.new`, lock);
    renameSync(`${stamp}.new`, stamp);
  }
  const node = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  if (!version.startsWith('v24.')) {
    give(
      `Tried the Node 24 of the npm package "node" at ${node} and it did not answer: remove node_modules and run this again with npm's install scripts allowed.`,
    );
  }
  return node;
};
