import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';

/** The key pair a token is bound to, made anew in each process (RFC 9449). */
export const makeProofKeys = (): Promise<oauth.CryptoKeyPair> => oauth.generateKeyPair('ES256', { extractable: true });

/** The proof that a request comes from the holder of the token's key (RFC 9449, section 4.3; Okta: DPoP). */
export const proofOf = async (
  keys: oauth.CryptoKeyPair,
  { method, url }: { readonly method: string; readonly url: URL },
  token: string,
): Promise<string> => {
  const { kty, crv, x, y } = await exportJWK(keys.publicKey);
  const ath = createHash('sha256').update(token).digest('base64url');
  return new SignJWT({ htm: method, htu: `${url.origin}${url.pathname}`, ath })
    .setProtectedHeader({
      alg: 'ES256',
      typ: 'dpop+jwt',
      jwk: { kty: kty ?? '', crv: crv ?? '', x: x ?? '', y: y ?? '' },
    })
    .setIssuedAt()
    .setJti(randomUUID())
    .sign(keys.privateKey);
};
