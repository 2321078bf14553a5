import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Makes the data directory, closed to other users, unless it exists; the directories above it keep the usual rights. */
export const makeDataDir = async (path: string): Promise<string> => {
  const dataDir = resolve(path);
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return dataDir;
};
