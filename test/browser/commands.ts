import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const run = promisify(execFile);

/** What is wrong with a command that the console shows, as it is run by a shell; null when nothing is. */
export type Shell = { readonly trouble: (line: string) => Promise<string | null>; readonly close: () => Promise<void> };

/** A shell with `attune` and `curl` in it, signed in as the commands of the console expect it. */
export const openShell = async ({ url, token }: { readonly url: string; readonly token: string }): Promise<Shell> => {
  const folder = await mkdtemp(join(tmpdir(), 'attune-shell-'));
  const program = join(folder, 'attune');
  await writeFile(
    program,
    `#!/bin/sh\nexec "${process.execPath}" --disable-warning=ExperimentalWarning "${main}" "$@"\n`,
  );
  await chmod(program, 0o700);
  const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, ATTUNE_URL: url, ATTUNE_TOKEN: token };
  return {
    trouble: async (line) => {
      try {
        const { stdout } = await run('bash', ['-c', line], { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
        // curl ends well whatever it is answered: a refusal says so itself.
        if (!line.startsWith('curl ')) return null;
        const answer: unknown = JSON.parse(stdout);
        const refused = typeof answer === 'object' && answer !== null && 'detail' in answer && 'status' in answer;
        return refused ? stdout : null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
};
