import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomFillSync,
} from 'node:crypto';
import { Failure } from '../../core/failure.ts';
import type { SealingKey } from './keys.ts';

/**
 * Seals the ledger's values and makes the keyed digests that are compared in their place. A sealed value names its
 * key, so that values outlive a rotation for as long as their key stays in the ring; digests do not change with it.
 */
export type Keyring = {
  readonly seal: (text: string, context: string) => Buffer;
  /** `earlier` is the context under which values of the first form were sealed. */
  readonly open: (sealed: Uint8Array, context: string, earlier: string) => string;
  readonly digest: (text: string) => Buffer;
};

const algorithm = 'aes-256-gcm';
/** The first form, whose context was empty nearly everywhere, and the present one, bound to its column and row. */
const firstForm = 1;
const boundForm = 2;
const ivBytes = 12;
const tagBytes = 16;

/** A key ring over these keys, the first of which seals; `digestKey` stays the same for the life of the ledger. */
export const createKeyring = (keys: readonly [SealingKey, ...SealingKey[]], digestKey: Uint8Array): Keyring => {
  const digestUnder = createSecretKey(digestKey);
  return {
    seal: (text, context) => sealUnder(keys[0], Buffer.from(text, 'utf8'), context),
    open: (sealed, context, earlier) => openWith(keys, sealed, context, earlier).toString('utf8'),
    digest: (text) => createHmac('sha256', digestUnder).update(text, 'utf8').digest(),
  };
};

/** Node turns raw bytes into a key object on every use, which costs more than the use; so each is made once. */
const keyObjects = new WeakMap<SealingKey, KeyObject>();

const keyObjectOf = (key: SealingKey): KeyObject => {
  const made = keyObjects.get(key) ?? createSecretKey(key.bytes);
  keyObjects.set(key, made);
  return made;
};

/** Random bytes are drawn for many initialization vectors at once; each of them is used once. */
const ivPool = Buffer.alloc(ivBytes * 256);
let ivsLeft = 0;

const nextIv = (): Buffer => {
  if (ivsLeft === 0) {
    randomFillSync(ivPool);
    ivsLeft = ivPool.length / ivBytes;
  }
  ivsLeft -= 1;
  return ivPool.subarray(ivsLeft * ivBytes, (ivsLeft + 1) * ivBytes);
};

/** Layout: form, length of the key id, key id, initialization vector, tag, ciphertext. All but the last two are authenticated. */
export const sealUnder = (key: SealingKey, bytes: Uint8Array, context: string): Buffer => {
  const id = Buffer.from(key.id, 'ascii');
  const header = Buffer.concat([Buffer.of(boundForm, id.length), id]);
  const iv = nextIv();
  const cipher = createCipheriv(algorithm, keyObjectOf(key), iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.concat([header, Buffer.from(context, 'utf8')]));
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([header, iv, cipher.getAuthTag(), body]);
};

/** Opens what `sealUnder` made with the key of the ring that the value names; `earlier` as in `Keyring.open`. */
export const openWith = (keys: readonly SealingKey[], sealed: Uint8Array, context: string, earlier: string): Buffer => {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const headerEnd = 2 + (bytes[1] ?? 0);
  const tagStart = headerEnd + ivBytes;
  const bodyStart = tagStart + tagBytes;
  const form = bytes[0];
  if ((form !== firstForm && form !== boundForm) || bytes.length < bodyStart)
    throw unreadable('is not in a known form');
  const id = bytes.toString('ascii', 2, headerEnd);
  const key = keys.find((one) => one.id === id);
  if (key === undefined) throw unreadable(`was sealed under key '${id}', which is not in the key ring`);
  const decipher = createDecipheriv(algorithm, keyObjectOf(key), bytes.subarray(headerEnd, tagStart), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.concat([bytes.subarray(0, headerEnd), Buffer.from(form === firstForm ? earlier : context)]));
  decipher.setAuthTag(bytes.subarray(tagStart, bodyStart));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(bodyStart)), decipher.final()]);
  } catch (cause) {
    throw unreadable(
      `does not open under key '${id}': the key is another one, or the value was changed or moved`,
      cause,
    );
  }
};

const unreadable = (why: string, cause?: unknown): Failure =>
  new Failure('config', `A value stored in the ledger ${why}.`, {
    remedy:
      'Start Attune with the key ring that was in use when the ledger was written; if it is, restore the ledger from a backup.',
    cause,
  });
