import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createPart, type Part } from './parts.ts';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

/** How long a start may take on a busy machine. */
const readyWithinMs = 240_000;

/** How a program is started, and what it may have said when it ends by itself, rightly. */
export type Program = {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
  readonly mayEndWith?: (said: string) => boolean;
};

/**
 * A start that finds a server away ends with one sentence, and whoever supervises the program tries again. What is still
 * logged may come behind it.
 */
const isRefusedStart = (said: string): boolean => /^attune: [^\n]*(database|Temporal)[^\n]*$/m.test(said);

/** `attune <args>` as a part: ready as soon as it names its connectors. */
export const programPart = ({ name, args, env, log, mayEndWith = () => false }: Program): Part => {
  let child: ChildProcess | null = null;
  const crashes: string[] = [];
  let blamed = false;
  const running = (): ChildProcess | null =>
    child !== null && child.exitCode === null && child.signalCode === null ? child : null;

  const launch = (): Promise<void> => {
    const begun = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child = begun;
    blamed = false;
    const kept = createWriteStream(log, { flags: 'a', mode: 0o600 });
    let said = '';
    let wasReady = false;
    return new Promise<void>((resolve, reject) => {
      const keep = (chunk: string): void => {
        said = `${said}${chunk}`.slice(-20_000);
        kept.write(chunk);
      };
      begun.stderr?.setEncoding('utf8').on('data', keep);
      begun.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        keep(chunk);
        if (!/connectors/.test(said)) return;
        wasReady = true;
        resolve();
      });
      begun.once('close', (code, killedBy) => {
        const mayEnd = wasReady ? mayEndWith(said) : isRefusedStart(said);
        if (!blamed && !mayEnd) {
          crashes.push(`${name} ended by itself with ${code ?? killedBy}: ${said.trim().split('\n').at(-1) ?? ''}`);
        }
        kept.end();
        reject(new Error(`${name} ended with ${code ?? killedBy}; see ${log}`));
      });
      setTimeout(() => reject(new Error(`${name} was not ready in time; see ${log}`)), readyWithinMs).unref();
    });
  };
  return createPart({
    name,
    pid: () => running()?.pid ?? null,
    start: async () => {
      if (running() === null) await launch();
    },
    stopSignal: 'SIGTERM',
    crashes: () => crashes,
    blame: () => {
      blamed = true;
    },
  });
};
