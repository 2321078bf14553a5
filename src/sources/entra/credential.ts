import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type CryptoKey, importPKCS8 } from 'jose';
import { Failure } from '../../core/failure.ts';

/** What signs an assertion: the private key, and the thumbprint Entra ID finds the certificate by. */
export type SigningCertificate = { readonly key: CryptoKey; readonly thumbprint: string };

/** Reads a PEM that holds both the certificate and its RSA key (Entra: certificate credentials). */
export const readCertificate = async (pem: string, party: string): Promise<SigningCertificate> => {
  const wrong = (what: string, cause?: unknown): Failure =>
    new Failure('config', `The certificate of the source cannot be used: ${what}.`, {
      party,
      remedy: 'auth.certificate must point to one PEM file with the certificate and its unencrypted RSA private key.',
      ...(cause === undefined ? {} : { cause }),
    });
  let key: KeyObject;
  let thumbprint: string;
  try {
    key = createPrivateKey(pem);
    const digest = new X509Certificate(pem).fingerprint256.replaceAll(':', '');
    thumbprint = Buffer.from(digest, 'hex').toString('base64url');
  } catch {
    throw wrong('a part is missing or unreadable');
  }
  if (key.asymmetricKeyType !== 'rsa') throw wrong('its key is not an RSA key');
  const pkcs8 = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key: await importPKCS8(pkcs8, 'PS256'), thumbprint };
};
