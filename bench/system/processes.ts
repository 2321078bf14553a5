import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** proc(5): times are counted in hundredths of a second. */
const ticks = 100;

const textOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

type Times = { readonly own: number; readonly children: number };

const timesOf = (pid: number): Times | null => {
  const text = textOf(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const at = (index: number): number => fields[index] ?? 0;
  return { own: (at(11) + at(12)) / ticks, children: (at(13) + at(14)) / ticks };
};

/** Seconds of the processor that a process has used; with `family`, its children living and dead too. NaN off Linux. */
export const processorSeconds = (pid: number, family = false): number => {
  const times = timesOf(pid);
  if (times === null) return Number.NaN;
  if (!family) return times.own;
  const living = childrenOf(pid).reduce((sum, child) => sum + (timesOf(child)?.own ?? 0), 0);
  return times.own + times.children + living;
};

const childrenOf = (pid: number): readonly number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      (textOf(`/proc/${pid}/task/${task}/children`) ?? '').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
};

/** The most memory a process has had resident since it started, or since `forgetPeak`, in MiB. */
export const peakMemory = (pid: number): number => memoryOf(pid, 'VmHWM');

/** The memory a process has resident now, in MiB. */
export const memoryNow = (pid: number): number => memoryOf(pid, 'VmRSS');

const memoryOf = (pid: number, name: string): number => {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(textOf(`/proc/${pid}/status`) ?? '')?.[1];
  return found === undefined ? Number.NaN : Number(found) / 1024;
};

/** Begins the peak of a process anew, where the system allows it. */
export const forgetPeak = (pid: number): void => {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // The peak then is the one since its start, which is no less.
  }
};
