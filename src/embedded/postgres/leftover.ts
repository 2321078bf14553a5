import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { commandOf, endProcess, isAlive, signalTo } from '../process.ts';

/** Stops the PostgreSQL that a killed predecessor left running on this cluster, and clears a mark of a dead one. */
export const stopLeftover = async (data: string): Promise<void> => {
  const file = join(data, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (pid > 0 && (await isAlive(pid)) && (await commandOf(pid)).includes(data)) await stopPostmaster(pid, data);
  await endStragglers(data);
  await rm(file, { force: true });
};

/**
 * Ends a PostgreSQL in order, within seconds: the fast shutdown, then the immediate one that leaves recovery to the
 * next start, then no more asking. A frozen one is resumed first. PostgreSQL 18, 18.5 "Shutting Down the Server".
 */
export const stopPostmaster = async (pid: number, data: string): Promise<void> => {
  for (const each of [pid, ...(await workersOf(data))]) signalTo(each, 'SIGCONT');
  await endProcess(pid, [
    ['SIGINT', 2500],
    ['SIGQUIT', 700],
    ['SIGKILL', 300],
  ]);
  await endStragglers(data);
};

/** Its processes notice when the first one was killed, unless one is frozen or works on something long. */
const endStragglers = async (data: string): Promise<void> => {
  const left = await workersOf(data);
  await Promise.all(left.map((pid) => endProcess(pid, [['SIGKILL', 1000]])));
};

/** All processes of a cluster work in its directory. Where the system does not tell, none are known. */
const workersOf = async (data: string): Promise<number[]> => {
  const directory = await realpath(data).catch(() => data);
  const pids = (await readdir('/proc').catch(() => [])).filter((each) => /^\d+$/.test(each)).map(Number);
  const isOurs = async (pid: number): Promise<boolean> =>
    (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === directory &&
    (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).startsWith('postgres');
  const ours = await Promise.all(pids.map(isOurs));
  return pids.filter((_, index) => ours[index]);
};
