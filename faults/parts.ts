import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process of the program under trial, or a server it needs. */
export type Part = {
  readonly name: string;
  /** Null when it is not running. */
  readonly pid: () => number | null;
  /** Starts it again when it is not running; resolves when it is ready for work. */
  readonly start: () => Promise<void>;
  /** Ends it at once; false when it was not running. */
  readonly kill: () => boolean;
  /** Stops its time and says whose; null when it is not running. */
  readonly freeze: () => number | null;
  readonly thaw: (pid: number) => void;
  /** Asks it to stop. One that is frozen meanwhile cannot hear that, and is not late for it. */
  readonly stop: (withinMs: number) => Promise<'stopped' | 'late' | 'frozen'>;
  /** Each time it ended though nobody had ended it, and how. */
  readonly crashes: () => readonly string[];
};

/** Sends a signal; false when there is no such process. */
export const signal = (pid: number, name: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
};

/** Linux, proc(5): the letter behind the command's name. */
const stateOf = (pid: number): string | null => {
  try {
    return /^\d+ \(.*\) (.)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
};

/** Whether a process of this number exists and is not a zombie. */
const isAlive = (pid: number): boolean => !['Z', 'X', null].includes(stateOf(pid));

/** Whether a process of this number exists and names this file: numbers are given again. */
export const isServerOf = (pid: number, file: string): boolean => {
  try {
    return isAlive(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(file);
  } catch {
    return false;
  }
};

/** Whether the time of a process stands still. */
export const isStopped = (pid: number): boolean => stateOf(pid) === 'T';

/** What a part of any kind is built from. */
export type PartOf = {
  readonly name: string;
  readonly pid: () => number | null;
  readonly start: () => Promise<void>;
  /** What asks it to stop in order. */
  readonly stopSignal: NodeJS.Signals;
  readonly crashes?: () => readonly string[];
  /** Told before it is ended by us. */
  readonly blame?: () => void;
};

/** A part that is met through its process number. */
export const createPart = ({ name, pid, start, stopSignal, crashes, blame }: PartOf): Part => {
  const frozen = new Map<number, number>();
  let starting: Promise<void> | null = null;
  return {
    name,
    pid,
    crashes: crashes ?? (() => []),
    start: () => {
      starting ??= start().finally(() => {
        starting = null;
      });
      return starting;
    },
    kill: () => {
      const id = pid();
      if (id === null) return false;
      blame?.();
      return signal(id, 'SIGKILL');
    },
    freeze: () => {
      const id = pid();
      if (id === null || !signal(id, 'SIGSTOP')) return null;
      frozen.set(id, (frozen.get(id) ?? 0) + 1);
      return id;
    },
    thaw: (id) => {
      const left = (frozen.get(id) ?? 1) - 1;
      frozen.set(id, left);
      if (left <= 0) signal(id, 'SIGCONT');
    },
    stop: async (withinMs) => {
      const id = pid();
      if (id === null) return 'stopped';
      blame?.();
      let wasFrozen = false;
      signal(id, stopSignal);
      for (const until = Date.now() + withinMs; Date.now() < until; ) {
        if (!isAlive(id)) return 'stopped';
        wasFrozen ||= isStopped(id);
        await sleep(100);
      }
      signal(id, 'SIGKILL');
      return wasFrozen ? 'frozen' : 'late';
    },
  };
};
