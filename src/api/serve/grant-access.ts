import { randomBytes } from 'node:crypto';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Access, accessFileName, readAccess } from '../../client/access-file.ts';
import { abilities } from '../../core/abilities.ts';
import { makeDataDir } from '../../embedded/data-dir.ts';
import { addToken, authenticate, revokeToken } from '../../ledger/access/tokens.ts';
import type { Ledger } from '../../ledger/open.ts';

const tokenName = 'local';

/** Writes the access file, readable by its owner alone, with the token of the earlier start or the first one of all. */
export const grantLocalAccess = async (ledger: Ledger, dataDir: string, url: string): Promise<Access> => {
  const earlier = await readAccess(dataDir);
  const token = earlier !== null && (await isLocal(ledger, earlier.token)) ? earlier.token : await renew(ledger);
  const access = { url, token };
  const file = join(await makeDataDir(dataDir), accessFileName);
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await chmod(draft, 0o600);
  await rename(draft, file);
  return access;
};

const isLocal = async (ledger: Ledger, token: string): Promise<boolean> =>
  (await authenticate(ledger, token))?.name === tokenName;

const renew = async (ledger: Ledger): Promise<string> => {
  await revokeToken(ledger, tokenName);
  return addToken(ledger, { name: tokenName, can: abilities, createdBy: 'first start' });
};
