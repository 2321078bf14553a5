import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Where this machine's API is and the token for it: what the commands use when nothing else is said. */
export const Access = z.object({ url: z.url(), token: z.string() });
export type Access = z.infer<typeof Access>;

/** The name of the file in the data directory. */
export const accessFileName = 'api.json';

/** The access file of a data directory, or null when there is none that can be read. */
export const readAccess = async (dataDir: string): Promise<Access | null> => {
  const text = await readFile(join(dataDir, accessFileName), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return Access.parse(JSON.parse(text));
  } catch {
    return null;
  }
};
