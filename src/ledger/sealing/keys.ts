import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../core/failure.ts';
import { makeDataDir } from '../../embedded/data-dir.ts';

/** One 256-bit key of the ring; the id is stored beside whatever it sealed. */
export type SealingKey = { readonly id: string; readonly bytes: Uint8Array };

/** The ring: the first key seals, all of them open. */
export type SealingKeys = readonly [SealingKey, ...SealingKey[]];

const remedy =
  'ATTUNE_KEYS takes one or more keys as id:base64, separated by commas, the sealing one first; make one with: echo k1:$(head -c 32 /dev/urandom | base64)';

const Entry = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43}=$/)
  .transform((entry): SealingKey => {
    const [id = '', text = ''] = entry.split(':');
    return { id, bytes: Buffer.from(text, 'base64') };
  });

/** Reads a ring as ATTUNE_KEYS gives it. The text never appears in a message. */
export const parseKeys = (text: string | undefined): SealingKeys => {
  const entries = (text ?? '').split(',').map((entry) => entry.trim());
  if (entries.length === 1 && entries[0] === '') {
    throw new Failure('config', 'No key for the ledger is set in ATTUNE_KEYS.', { remedy });
  }
  const [first, ...others] = entries.map((entry, index) => {
    const key = Entry.safeParse(entry);
    if (!key.success) throw new Failure('config', `Key ${index + 1} of ATTUNE_KEYS is malformed.`, { remedy });
    return key.data;
  });
  if (first === undefined) throw new Failure('config', 'No key for the ledger is set in ATTUNE_KEYS.', { remedy });
  const ids = new Set([first, ...others].map((key) => key.id));
  if (ids.size !== entries.length) throw new Failure('config', 'ATTUNE_KEYS names a key id twice.', { remedy });
  return [first, ...others];
};

/** The ring of an installation that keeps everything in its data directory; the key is made at the first start. */
export const localKeys = async (dataDir: string): Promise<SealingKeys> => {
  const file = join(await makeDataDir(dataDir), 'keys');
  if (!existsSync(file)) await makeKeyFile(file);
  try {
    return parseKeys((await readFile(file, 'utf8')).trim());
  } catch (cause) {
    throw new Failure('config', `The key file ${file} cannot be read as a key ring.`, {
      remedy: 'Restore it from a backup; without it the stored values cannot be read.',
      cause,
    });
  }
};

/** An existing file is complete: a start that was killed here, or met a full disk, leaves no half of a key behind. */
const makeKeyFile = async (file: string): Promise<void> => {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(draft, `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await link(draft, file);
  } catch (error) {
    // Another process made it first: its key is the one that counts.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
};
