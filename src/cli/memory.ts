import { readFileSync } from 'node:fs';

type Memory = { readonly flags: readonly string[]; readonly environment: Readonly<Record<string, string>> };

/**
 * How much memory a server may take before it collects garbage: V8 would let it grow to a quarter of the machine, and the
 * C library keeps what each of many threads has freed. Neither can be set from inside a process that runs.
 */
export const memory: Memory = JSON.parse(readFileSync(new URL('memory.json', import.meta.url), 'utf8'));

const servers = new Set(['serve', 'worker', 'api', 'sync']);

/**
 * Restarts this process with these settings, as the same process, unless it has them or was given others; so they apply
 * however it was started: by npm, by a supervisor, in a container. `process.execve` exists where exec(2) does.
 */
export const settleMemory = (): void => {
  const [, program, command = ''] = process.argv;
  const isSet = process.execArgv.concat(process.env.NODE_OPTIONS ?? '').some((flag) => flag.includes('max-old-space'));
  if (isSet || program === undefined || !servers.has(command) || process.channel != null) return;
  const { execve } = process;
  if (execve === undefined || process.platform === 'win32') return;
  const args = [process.execPath, ...memory.flags, ...process.execArgv, ...process.argv.slice(1)];
  execve(process.execPath, args, { ...process.env, ...memory.environment });
};
