import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { sharedHome } from '../data-dir.ts';
import { commandOf, isAlive } from '../process.ts';
import { barrier, letPass, type SystemUser } from './system-user.ts';

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
  await writeFile(join(directory, linkFile), place, { mode: 0o600 });
  await symlink(directory, place);
  return directory;
};

/** In a cluster of the shared home: the link that leads to it. */
const linkFile = 'link';

/** When somebody first saw that the link of a cluster had gone. */
const goneFile = 'gone';

/** A data directory may be on a disk that is not there today; only one in a folder for temporary files is not missed. */
const goneForMs = 7 * 86_400_000;

/**
 * Removes the clusters of the shared home whose data directory was removed or has another one now. One whose data
 * directory is merely not there is kept for a week.
 */
export const removeGone = async (home = sharedHome, now = Date.now()): Promise<void> => {
  const names = (await readdir(home).catch(() => [])).filter((name) => /^ledger-[0-9a-f]{12}$/.test(name));
  for (const directory of names.map((name) => join(home, name))) {
    const link = await readFile(join(directory, linkFile), 'utf8').catch(() => null);
    if (link === null || (await isInUse(directory))) continue;
    const target = await readlink(link).catch(() => null);
    const gone = join(directory, goneFile);
    if (target === directory) await rm(gone, { force: true });
    else if (target !== null || isTemporary(link) || (await goneSince(gone, now)) < now - goneForMs) {
      await rm(directory, { recursive: true, force: true });
    }
  }
};

const isInUse = async (directory: string): Promise<boolean> => {
  const pid = Number(
    (await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0],
  );
  return pid > 0 && (await isAlive(pid)) && (await commandOf(pid)).includes(directory);
};

const isTemporary = (path: string): boolean => path.startsWith(`${tmpdir()}/`);

const goneSince = async (file: string, now: number): Promise<number> => {
  const noted = Number(await readFile(file, 'utf8').catch(() => ''));
  if (noted > 0) return noted;
  await writeFile(file, String(now), { mode: 0o600 });
  return now;
};

/** The programs of `directory` where the user can run them: a copy in the shared home if the user cannot reach them. */
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
  new Failure('config', `PostgreSQL runs as system user '${user.name}', who cannot enter ${wall}.`, {
    remedy: `Make ${sharedHome} usable, install and run Attune elsewhere or as an ordinary user, or set ATTUNE_DATABASE_URL.`,
    cause,
  });

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
