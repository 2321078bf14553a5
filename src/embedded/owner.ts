import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../core/failure.ts';
import { isAlive, isCode, startOf } from './process.ts';

const name = /^owner\.(\d+)$/;

/**
 * Makes this process the only one that uses the directory. An owner that is still alive keeps it; that of one that was
 * killed is replaced. The mark with the highest number counts, and each number is taken once, so of any number of
 * processes that find a dead owner at the same moment one comes next.
 */
export const claimDirectory = async (directory: string): Promise<() => Promise<void>> => {
  const draft = join(directory, `.owner.${randomBytes(6).toString('hex')}`);
  await writeFile(draft, `${process.pid} ${await startOf(process.pid)}`, { flag: 'wx', mode: 0o600 });
  try {
    for (;;) {
      const numbers = await marksIn(directory);
      const newest = numbers.at(-1) ?? 0;
      const owner = await livingOwner(join(directory, `owner.${newest}`));
      if (owner !== null) {
        throw new Failure('conflict', `The data directory is in use by another Attune, process ${owner}.`, {
          remedy: 'Stop that one first, use its HTTP API, or give this one a separate data directory.',
        });
      }
      const mine = join(directory, `owner.${newest + 1}`);
      if (await isTaken(draft, mine)) continue;
      // A directory that changes while it is read may hide a mark: a process that finds a higher mark than its own
      // steps back.
      if ((await marksIn(directory)).at(-1) !== newest + 1) await rm(mine, { force: true });
      else {
        // The previous mark is kept: a process that reads the directory at this moment must see one of the two.
        for (const old of numbers.slice(0, -1)) await rm(join(directory, `owner.${old}`), { force: true });
        // The mark stays and names nobody, so that its number is not given out twice.
        return () => truncate(mine).catch(() => undefined);
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
};

const marksIn = async (directory: string): Promise<number[]> =>
  (await readdir(directory))
    .map((file) => Number(name.exec(file)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);

const isTaken = (draft: string, mark: string): Promise<boolean> =>
  link(draft, mark).then(
    () => false,
    (error: unknown) => {
      if (isCode(error, 'EEXIST')) return true;
      throw error;
    },
  );

const livingOwner = async (mark: string): Promise<number | null> => {
  const owner = await readFile(mark, 'utf8').catch(() => '');
  const pid = Number(owner.split(' ')[0]);
  const isOwner = pid > 0 && (await isAlive(pid)) && owner === `${pid} ${await startOf(pid)}`;
  return isOwner ? pid : null;
};
