import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

/** A process of the program under trial. */
export type Part = {
  readonly name: string;
  /** Null when it is not running. */
  readonly pid: () => number | null;
  /** Starts it again when it is not running; resolves when it is ready for work. */
  readonly start: () => Promise<void>;
  /** How often it ended though nobody had ended it. */
  readonly crashes: () => number;
  /** Notes that its end, if it comes now, is our doing. */
  readonly blame: () => void;
  /** Asks it to stop, and says whether it did within so many milliseconds. */
  readonly stop: (withinMs: number) => Promise<boolean>;
};

/** Whether a process of this number exists and is not a zombie. */
export const isAlive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** `attune <args>` as a part; `isReady` is asked until it holds. */
export const programPart = (
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  log: string,
  ready: RegExp,
): Part => {
  let child: ChildProcess | null = null;
  let crashes = 0;
  let blamed = false;
  const running = (): ChildProcess | null =>
    child !== null && child.exitCode === null && child.signalCode === null ? child : null;
  return {
    name,
    pid: () => running()?.pid ?? null,
    crashes: () => crashes,
    blame: () => {
      blamed = true;
    },
    start: async () => {
      if (running() !== null) return;
      const begun = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      child = begun;
      blamed = false;
      const kept = createWriteStream(log, { flags: 'a', mode: 0o600 });
      begun.stderr?.pipe(kept);
      let said = '';
      const isReady = new Promise<void>((resolve, reject) => {
        begun.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
          said += chunk;
          kept.write(chunk);
          if (ready.test(said)) resolve();
        });
        begun.once('exit', (code, signal) => {
          if (!blamed) crashes += 1;
          reject(new Error(`${name} ended with ${code ?? signal}; see ${log}`));
        });
        setTimeout(() => reject(new Error(`${name} was not ready within two minutes; see ${log}`)), 120_000).unref();
      });
      await isReady;
    },
    stop: async (withinMs) => {
      const asked = running();
      if (asked === null) return true;
      blamed = true;
      const ended = once(asked, 'exit');
      asked.kill('SIGTERM');
      const inTime = await Promise.race([
        ended.then(() => true),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), withinMs).unref()),
      ]);
      if (!inTime && asked.pid !== undefined) process.kill(-asked.pid, 'SIGKILL');
      return inTime;
    },
  };
};
