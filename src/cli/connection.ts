import { type Access, readAccess } from '../client/access-file.ts';
import { Failure } from '../core/failure.ts';
import type { Io } from './io.ts';

/** The data directory of this installation, unless ATTUNE_DATA_DIR says otherwise. */
export const dataDirOf = (env: Io['env']): string => env.ATTUNE_DATA_DIR ?? '.attune';

/** The API to talk to: ATTUNE_URL with ATTUNE_TOKEN, else the one that runs from the data directory. */
export const findAccess = async (env: Io['env']): Promise<Access> => {
  const { ATTUNE_URL: url, ATTUNE_TOKEN: token } = env;
  if (url !== undefined) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new Failure('config', 'ATTUNE_URL is not a valid URL.', { remedy: 'Write it as https://attune.example.' });
    }
    if (token !== undefined) return { url, token };
    throw new Failure('config', 'ATTUNE_URL is set, but ATTUNE_TOKEN is not.', {
      remedy: "Set it to a token made by 'attune token add'.",
    });
  }
  const local = await readAccess(dataDirOf(env));
  if (local !== null) return token === undefined ? local : { url: local.url, token };
  throw new Failure('config', `Attune has not been started from ${dataDirOf(env)} yet.`, {
    remedy: "Start it with 'attune serve', or set ATTUNE_URL and ATTUNE_TOKEN to use one that runs elsewhere.",
  });
};
