import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** All that workflows may import (the import table of the program), and the program that bundles them. */
const sources = ['workflows', 'src/core', 'src/temporal/bundle.ts'] as const;

/** What the bundle is made with and of, besides our own files. */
const packages = ['@temporalio/worker', '@temporalio/workflow', '@temporalio/common', '@swc/core', 'webpack'] as const;

/** How many bundles are kept: a release, the one before, and one that is just being tried. */
const kept = 3;

/**
 * The file of the bundled workflows below `directory`. Its name is the hash of all it is made of, so it never lags
 * behind the code and is made once: bundling takes 2 s of CPU and 265 MB, in a separate process. The file appears when
 * it is complete, so that any number of workers may start with one directory.
 */
export const bundleWorkflows = async (directory: string): Promise<string> => {
  const file = join(directory, `workflows-${await hashOfSources()}.js`);
  if (await isThere(file)) return file;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const program = fileURLToPath(new URL('bundle.ts', import.meta.url));
  // It needs none of the secrets that this process may have been given.
  await run(process.execPath, ['--disable-warning=ExperimentalWarning', program, file], {
    env: { PATH: process.env.PATH },
  });
  await removeOld(directory);
  return file;
};

const hashOfSources = async (): Promise<string> => {
  const hash = createHash('sha256').update(process.version);
  for (const file of (await Promise.all(sources.map(filesOf))).flat().sort()) {
    hash.update(`\0${relative(root, file)}\0`).update(await readFile(file));
  }
  const require = createRequire(import.meta.url);
  for (const name of packages) hash.update(`\0${await versionOf(require, name)}`);
  return hash.digest('hex').slice(0, 32);
};

const filesOf = async (path: string): Promise<string[]> => {
  const full = join(root, path);
  if ((await stat(full)).isFile()) return [full];
  const names = await readdir(full, { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(full, name));
};

/** Packages that are not ours to resolve by name (webpack comes with the worker) are looked for beside the others. */
const versionOf = async (require: NodeJS.Require, name: string): Promise<string> => {
  const folder = require.resolve.paths(name)?.find((path) => path.startsWith(root)) ?? join(root, 'node_modules');
  const text = await readFile(join(folder, name, 'package.json'), 'utf8').catch(() => '');
  return `${name} ${/"version"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown'}`;
};

const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile() && found.size > 0,
    () => false,
  );

const removeOld = async (directory: string): Promise<void> => {
  const names = (await readdir(directory)).filter((name) => /^workflows-[0-9a-f]{32}\.js$/.test(name));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(directory, name)).catch(() => null))?.mtimeMs ?? 0 })),
  );
  const old = aged.sort((a, b) => b.at - a.at).slice(kept);
  await Promise.all(old.map(({ name }) => rm(join(directory, name), { force: true })));
};
