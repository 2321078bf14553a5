import { z } from 'zod';
import { isLoopback } from '../core/loopback.ts';

/** A secret by reference; a literal secret in the document is refused. */
export const secretReference = z.union([
  z.strictObject({
    env: z.string().regex(/^ATTUNE_SECRET_[A-Z0-9_]+$/, 'must be a variable that begins with ATTUNE_SECRET_'),
  }),
  z.strictObject({ file: z.string().min(1) }),
]);

/** The base URL of a service; plain http stays on this machine. */
export const serviceUrl = z
  .url({ protocol: /^https?$/, error: 'must be a whole address that begins with https://', abort: true })
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && (url.protocol === 'https:' || isLoopback(url.hostname));
  }, 'must begin with https: (plain http only on this machine)')
  .refine((text) => {
    const url = URL.parse(text);
    return url?.username === '' && url.password === '';
  }, 'must hold no user name or password: they stand under auth')
  .refine((url) => !/[?#]/.test(url), 'must be a base URL without "?" or "#"')
  .overwrite((url) => url.replace(/\/+$/, ''));

/** A certificate authority to trust in addition to the usual ones. */
export const tlsSettings = z.strictObject({ ca: z.strictObject({ file: z.string().min(1) }) });
