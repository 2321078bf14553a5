import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../core/failure.ts';
import { commandOf, endProcess, isAlive, isCode, startOf } from '../process.ts';

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
    if (owner !== '' && pid > 0 && (await isAlive(pid)) && owner === `${pid} ${await startOf(pid)}`) {
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
  if ((await isAlive(pid)) && (await commandOf(pid)).includes(cluster)) await stopPostmaster(pid);
  await rm(file, { force: true });
};

/**
 * Ends a PostgreSQL in order, within seconds: the fast shutdown, then the immediate one that leaves recovery to the
 * next start. PostgreSQL 18, 18.5 "Shutting Down the Server".
 */
export const stopPostmaster = (pid: number): Promise<void> =>
  endProcess(pid, [
    ['SIGINT', 8000],
    ['SIGQUIT', 4000],
    ['SIGKILL', 2000],
  ]);
