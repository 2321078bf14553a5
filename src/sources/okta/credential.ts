import { createPrivateKey, type KeyObject } from 'node:crypto';
import { importPKCS8 } from 'jose';
import type { PrivateKey } from 'oauth4webapi';
import { z } from 'zod';
import { Failure } from '../../core/failure.ts';
import { parsedText } from '../../http/read-json.ts';

const jwk = z.looseObject({ kty: z.string(), kid: z.string().optional() });

/** Reads the key of a service app: PEM (PKCS #8) or JWK, RSA or EC P-256; the document's key id goes before its own. */
export const readPrivateKey = async (text: string, keyId: string | undefined, party: string): Promise<PrivateKey> => {
  const parsed = jwk.safeParse(parsedText(text));
  const kid = keyId ?? (parsed.success ? parsed.data.kid : undefined);
  const { key, algorithm } = await readKey(parsed.success ? parsed.data : null, text, party);
  return {
    key: await importPKCS8(key.export({ type: 'pkcs8', format: 'pem' }).toString(), algorithm),
    ...(kid === undefined ? {} : { kid }),
  };
};

const readKey = (
  written: z.infer<typeof jwk> | null,
  text: string,
  party: string,
): { key: KeyObject; algorithm: string } => {
  const wrong = (what: string): Failure =>
    new Failure('config', `The private key of the source cannot be used: ${what}.`, {
      party,
      remedy: 'auth.privateKey must point to an unencrypted RSA or P-256 key, as PEM (PKCS #8) or JWK.',
    });
  let key: KeyObject;
  try {
    key = written === null ? createPrivateKey(text) : createPrivateKey({ key: { ...written }, format: 'jwk' });
  } catch {
    throw wrong('it is not readable');
  }
  if (key.asymmetricKeyType === 'rsa') return { key, algorithm: 'RS256' };
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') {
    return { key, algorithm: 'ES256' };
  }
  throw wrong('it is neither RSA nor P-256');
};
