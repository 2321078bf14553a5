import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Failure } from '../../core/failure.ts';

const run = promisify(execFile);

/**
 * Makes this process the only one that uses the directory. An owner that is still alive keeps it; the mark of one that
 * was killed is replaced.
 */
export const claimDirectory = async (directory: string): Promise<() => Promise<void>> => {
  const file = join(directory, 'owner');
  const me = `${process.pid} ${await startOf(process.pid)}`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      await writeFile(file, me, { flag: 'wx', mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
    const owner = await readFile(file, 'utf8').catch(() => '');
    const pid = Number(owner.split(' ')[0]);
    if (owner !== '' && pid > 0 && isAlive(pid) && owner === `${pid} ${await startOf(pid)}`) {
      throw new Failure('conflict', `The data directory is in use by another Attune, process ${pid}.`, {
        remedy: 'Stop that one first, use its HTTP API, or give this one a data directory of its own.',
      });
    }
    await rm(file, { force: true });
  }
  throw new Failure('conflict', 'The data directory is being taken by another Attune at this moment.', {
    remedy: 'Start only one, or give each a data directory of its own.',
  });
};

/** Stops the PostgreSQL that a killed predecessor left running on this cluster, and clears a mark of a dead one. */
export const stopLeftover = async (cluster: string): Promise<void> => {
  const file = join(cluster, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (!(pid > 0)) return;
  if (isAlive(pid) && (await commandOf(pid)).includes(cluster)) await stopPostmaster(pid);
  await rm(file, { force: true });
};

/**
 * Ends a PostgreSQL in order, within seconds: the fast shutdown, then the immediate one that leaves recovery to the
 * next start. PostgreSQL 18, 18.5 "Shutting Down the Server".
 */
export const stopPostmaster = async (pid: number): Promise<void> => {
  for (const [signal, patienceMs] of [
    ['SIGINT', 8000],
    ['SIGQUIT', 4000],
    ['SIGKILL', 2000],
  ] as const) {
    if (!signalTo(pid, signal)) return;
    for (let waited = 0; waited < patienceMs; waited += 20) {
      if (!isAlive(pid) || (await isZombie(pid))) return;
      await sleep(20);
    }
  }
};

const signalTo = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
};

/** What tells a process from a later one with the same number: /proc/pid/stat, field 22 (proc(5)), or what ps knows. */
const startOf = async (pid: number): Promise<string> => {
  const line = await statOf(pid);
  if (line !== null) return line.split(' ')[19] ?? '';
  return run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
};

const isZombie = async (pid: number): Promise<boolean> => (await statOf(pid))?.startsWith('Z') ?? false;

/** The fields of /proc/pid/stat behind the command's name, which may itself hold spaces. */
const statOf = async (pid: number): Promise<string | null> => {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2);
  } catch {
    return null;
  }
};

const commandOf = async (pid: number): Promise<string> => {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return run('ps', ['-o', 'command=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => '',
    );
  }
};

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
