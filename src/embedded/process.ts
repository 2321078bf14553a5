import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * What a program that Attune starts gets to see of this process's environment: nothing that can hold a secret. Its home
 * is not passed on either, because settings there could redirect it.
 */
export const bareEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => ({
  PATH: env.PATH,
  LC_ALL: 'C',
  ...(env.SystemRoot === undefined ? {} : { SystemRoot: env.SystemRoot }),
});

/** The same for a tool that needs the machine's own settings (proxy, certificates, package index): all but ours. */
export const toolEnvironment = (env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(ATTUNE|TEMPORAL)_/i.test(name)));

/** Sends a signal; false when there is no such process (any more). */
export const signalTo = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

/** Whether the process is running; a zombie is not. */
export const isAlive = async (pid: number): Promise<boolean> => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!isCode(error, 'EPERM')) return false;
  }
  return !((await statOf(pid))?.startsWith('Z') ?? false);
};

/** Ends a process by one signal after the other, each with the time it is waited for. */
export const endProcess = async (pid: number, steps: readonly (readonly [NodeJS.Signals, number])[]): Promise<void> => {
  for (const [signal, patienceMs] of steps) {
    if (!signalTo(pid, signal)) return;
    const until = performance.now() + patienceMs;
    while (performance.now() < until) {
      if (!(await isAlive(pid))) return;
      await sleep(20);
    }
  }
};

/** What tells a process from a later one with the same number: /proc/pid/stat, field 22 (proc(5)), or what ps knows. */
export const startOf = async (pid: number): Promise<string> => {
  const line = await statOf(pid);
  if (line !== null) return line.split(' ')[19] ?? '';
  return run('ps', ['-o', 'lstart=', '-p', String(pid)], { env: bareEnvironment() }).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
};

/** The command line of a process, its arguments apart by NUL or by spaces; empty when there is none. */
export const commandOf = async (pid: number): Promise<string> => {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return run('ps', ['-o', 'command=', '-p', String(pid)], { env: bareEnvironment() }).then(
      ({ stdout }) => stdout,
      () => '',
    );
  }
};

const ours = new Map<number, NodeJS.Signals>();

/**
 * Whatever ends this process, short of a kill, ends that one too, by the signal that needs no answer. Ending it in order
 * comes first; this is for when there was no time. Gives back how to forget it.
 */
export const endWithUs = (pid: number, signal: NodeJS.Signals): (() => void) => {
  if (ours.size === 0) process.on('exit', endOurs);
  ours.set(pid, signal);
  return () => {
    ours.delete(pid);
    if (ours.size === 0) process.removeListener('exit', endOurs);
  };
};

const endOurs = (): void => {
  for (const [pid, signal] of ours) {
    signalTo(pid, signal);
    signalTo(pid, 'SIGCONT');
  }
};

/** Whether an error of Node's carries this code. */
export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/** The fields of /proc/pid/stat behind the command's name, which may itself hold spaces. */
const statOf = async (pid: number): Promise<string | null> => {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2);
  } catch {
    return null;
  }
};
