import { mkdir, readlink, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../core/failure.ts';
import { isCode } from './process.ts';

/** Where root keeps what its own closed directories would hide from the system user that PostgreSQL runs as. */
export const sharedHome = '/var/lib/attune';

/** Makes the data directory, closed to other users, unless it exists; the directories above it keep the usual rights. */
export const makeDataDir = async (path: string): Promise<string> => {
  const dataDir = resolve(path);
  try {
    await make(dataDir, 0o700);
  } catch (cause) {
    const why = isCode(cause, 'ENOSPC')
      ? 'the disk is full'
      : isCode(cause, 'EROFS')
        ? 'it is read-only'
        : 'check its permissions';
    throw new Failure('config', `The data directory ${dataDir} cannot be created: ${why}.`, {
      remedy: 'Set ATTUNE_DATA_DIR to a directory that Attune may create and write to.',
      cause,
    });
  }
  return dataDir;
};

/** Removes a data directory with everything in it, and its cluster in the shared home. */
export const removeDataDir = async (path: string): Promise<void> => {
  const cluster = await readlink(join(path, 'postgres')).catch(() => null);
  if (cluster?.startsWith(`${sharedHome}/`)) await rm(cluster, { recursive: true, force: true });
  await rm(path, { recursive: true, force: true });
};

/** One step after the other: Node's own recursion goes round for ever where a file system allows no directory at all. */
const make = async (directory: string, mode: number): Promise<void> => {
  const found = await stat(directory).catch(() => null);
  if (found?.isDirectory()) return;
  if (dirname(directory) !== directory) await make(dirname(directory), 0o777);
  await mkdir(directory, { mode }).catch((error: unknown) => {
    if (!isCode(error, 'EEXIST')) throw error;
  });
  if (!(await stat(directory)).isDirectory())
    throw Object.assign(new Error('a file is in the way'), { code: 'ENOTDIR' });
};
