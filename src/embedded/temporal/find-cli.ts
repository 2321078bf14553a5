import { execFile } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../../core/failure.ts';
import { bareEnvironment } from '../process.ts';
import { type OwnCopy, ownCopy } from './own-copy.ts';

const run = promisify(execFile);

/** The oldest server whose behaviour Attune is tested with. */
const oldestServer = [1, 29] as const;

/**
 * The Temporal CLI that carries the embedded server: what TEMPORAL_CLI_PATH names and nothing else, or `temporal` on the
 * PATH, or the data directory's own copy. What somebody else on this machine could have written is not run, and no other
 * place is looked at.
 */
export const findTemporalCli = async (
  dataDir: string,
  env: NodeJS.ProcessEnv,
  own: (dataDir: string) => Promise<OwnCopy> = ownCopy,
): Promise<string> => {
  const named = env.TEMPORAL_CLI_PATH;
  if (named !== undefined && named !== '') {
    const problem = await versionProblem(named);
    if (problem === null) return named;
    throw new Failure('config', `TEMPORAL_CLI_PATH names ${named}: ${problem}.`, {
      remedy: 'Name the program of the Temporal CLI, or do not set the variable.',
    });
  }
  const tried: string[] = [];
  for (const candidate of await onPath(env)) {
    const problem = (await rightsProblem(candidate)) ?? (await versionProblem(candidate));
    if (problem === null) return candidate;
    tried.push(`${candidate} (${problem})`);
  }
  const copy = await own(dataDir);
  if ('program' in copy) return copy.program;
  throw new Failure('config', `No Temporal server was found. Tried: ${[...tried, copy.problem].join('; ')}.`, {
    remedy:
      'Install the Temporal CLI and put it on the PATH (or name it in TEMPORAL_CLI_PATH), or set TEMPORAL_ADDRESS to a server you run.',
  });
};

/** Relative folders on a PATH depend on where the program was started, so they are skipped. */
const onPath = async ({ PATH = '' }: NodeJS.ProcessEnv): Promise<string[]> => {
  const paths = PATH.split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, 'temporal'));
  const isFile = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (found) => found.isFile(),
        () => false,
      ),
    ),
  );
  return [...new Set(paths.filter((_, index) => isFile[index]))];
};

/** Why a program found on the PATH is not trusted: another user, or everybody, may exchange it. */
const rightsProblem = async (path: string): Promise<string | null> => {
  const me = process.getuid?.();
  if (me === undefined) return null;
  const real = await realpath(path);
  for (const place of [real, dirname(real), dirname(path)]) {
    const { uid, mode } = await stat(place);
    if (uid !== me && uid !== 0) return `${place} belongs to another user`;
    if ((mode & 0o002) !== 0) return `everybody may write to ${place}`;
  }
  return null;
};

/** Null when the program answers as a CLI with a server new enough; else what is wrong with it. */
const versionProblem = async (path: string): Promise<string | null> => {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 15_000, env: bareEnvironment() });
    const [, major, minor] = /Server (\d+)\.(\d+)/.exec(stdout) ?? [];
    if (major === undefined || minor === undefined) return 'it does not say which server it contains';
    const isOld = Number(major) === oldestServer[0] && Number(minor) < oldestServer[1];
    return isOld ? `its server ${major}.${minor} is older than ${oldestServer.join('.')}` : null;
  } catch {
    return 'it does not run';
  }
};
