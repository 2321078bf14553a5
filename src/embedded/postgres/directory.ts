import { randomBytes } from 'node:crypto';
import { cp, mkdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { barrier, letPass, type SystemUser } from './system-user.ts';

/** Where root keeps what its own closed directories would hide from the system user that PostgreSQL runs as. */
export const sharedHome = '/var/lib/attune';

/**
 * The directory of the cluster: `postgres` in the data directory. Where the system user cannot get there (root's home,
 * say), that is a link to a directory of its own in the shared home.
 */
export const placeCluster = async (dataDir: string, user: SystemUser | null): Promise<string> => {
  const place = join(dataDir, 'postgres');
  if (user === null) return place;
  const elsewhere = await readlink(place).catch(() => null);
  if (elsewhere !== null) {
    if (await exists(elsewhere)) return elsewhere;
    await rm(place);
  }
  await letPass(dataDir, user);
  const wall = await barrier(dataDir, user);
  if (wall === null) return place;
  const directory = join(sharedHome, `ledger-${randomBytes(6).toString('hex')}`);
  await openHome(user, wall);
  await mkdir(directory, { mode: 0o700 });
  await symlink(directory, place);
  return directory;
};

/** The programs of `directory` where the user can run them: a copy in the shared home when they lie behind a wall. */
export const placePrograms = async (directory: string, user: SystemUser): Promise<string> => {
  const wall = await barrier(directory, user);
  if (wall === null) return directory;
  const version = basename(dirname(directory));
  const { size, mtimeMs } = await stat(join(directory, 'bin', 'postgres'));
  const copy = join(sharedHome, `${version}-${size}-${Math.round(mtimeMs)}`);
  if (await exists(copy)) return copy;
  await openHome(user, wall);
  const draft = `${copy}.${randomBytes(4).toString('hex')}`;
  await cp(directory, draft, { recursive: true, verbatimSymlinks: true });
  await rename(draft, copy).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(copy))) throw error;
  });
  return copy;
};

/** The same file in another copy of its directory. */
export const moved = (file: string, from: string, to: string): string => join(to, relative(from, file));

const openHome = async (user: SystemUser, wall: string): Promise<void> => {
  try {
    await mkdir(sharedHome, { recursive: true, mode: 0o755 });
    if ((await barrier(sharedHome, user)) === null) return;
  } catch (cause) {
    throw closed(user, wall, cause);
  }
  throw closed(user, wall);
};

const closed = (user: SystemUser, wall: string, cause?: unknown): Failure =>
  new Failure('config', `PostgreSQL runs as system user '${user.name}', who cannot pass ${wall}.`, {
    remedy: `Make ${sharedHome} usable, install and run Attune elsewhere or as an ordinary user, or set ATTUNE_DATABASE_URL.`,
    cause,
  });

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
