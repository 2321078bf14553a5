import { execFile } from 'node:child_process';
import { chmod, chown, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../../core/failure.ts';
import { bareEnvironment } from '../process.ts';

const run = promisify(execFile);

/** The system user PostgreSQL runs as, where that is not the one Attune runs as. */
export type SystemUser = { readonly name: string; readonly uid: number; readonly gid: number };

const names = ['attune', 'postgres'];

/** PostgreSQL refuses to run as root: as root, a system user is found or created; otherwise none is needed. */
export const systemUser = async (): Promise<SystemUser | null> => {
  if (process.getuid?.() !== 0) return null;
  for (const name of names) {
    const found = await findUser(name);
    if (found !== null) return found;
  }
  const name = 'attune';
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name], {
      env: bareEnvironment(),
    });
  } catch (cause) {
    throw new Failure(
      'config',
      `PostgreSQL does not run as root, and the system user '${name}' could not be created.`,
      {
        remedy: `Create it with 'useradd --system ${name}', run Attune as an ordinary user, or set ATTUNE_DATABASE_URL.`,
        cause,
      },
    );
  }
  const made = await findUser(name);
  if (made !== null) return made;
  throw new Failure('config', `The system user '${name}' was created but cannot be looked up.`, {
    remedy: 'Run Attune as an ordinary user, or set ATTUNE_DATABASE_URL.',
  });
};

const findUser = async (name: string): Promise<SystemUser | null> => {
  try {
    const ask = async (flag: string) => Number((await run('id', [flag, name], { env: bareEnvironment() })).stdout);
    return { name, uid: await ask('-u'), gid: await ask('-g') };
  } catch {
    return null;
  }
};

/** The outermost directory on the way to `path` that the user may not pass, or null when it can reach it. */
export const barrier = async (path: string, user: SystemUser): Promise<string | null> => {
  const upwards: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    upwards.push(at);
    if (dirname(at) === at) break;
  }
  for (const directory of upwards.reverse()) {
    const { mode, uid, gid } = await stat(directory);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return directory;
  }
  return null;
};

/** Lets the user's group pass the data directory itself, which stays closed to everybody else. */
export const letPass = async (dataDir: string, user: SystemUser): Promise<void> => {
  if ((await barrier(dataDir, user)) !== dataDir) return;
  await chown(dataDir, -1, user.gid);
  await chmod(dataDir, 0o710);
};
