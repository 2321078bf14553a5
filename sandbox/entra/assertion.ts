import { X509Certificate } from 'node:crypto';
import { decodeProtectedHeader, importX509, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import type { SandboxResponse } from '../service.ts';
import { tokenError } from './errors.ts';

/** Checks a certificate assertion: PS256, thumbprint, signature, audience, life, and that no jti comes twice (Microsoft identity platform). */
export const createAssertionCheck = (application: { clientId: string; certificate?: string }, clock: Clock) => {
  const used = new Set<string>();
  const refuse = (message: string) => tokenError(401, 'invalid_client', 700027, message);
  return async (assertion: string, audience: string): Promise<SandboxResponse | undefined> => {
    const { certificate, clientId } = application;
    if (certificate === undefined) return refuse('The key was not found.');
    const thumbprint = Buffer.from(new X509Certificate(certificate).fingerprint256.replaceAll(':', ''), 'hex');
    try {
      if (decodeProtectedHeader(assertion)['x5t#S256'] !== thumbprint.toString('base64url'))
        return refuse('The certificate with this thumbprint is not registered.');
      const { payload } = await jwtVerify(assertion, await importX509(certificate, 'PS256'), {
        algorithms: ['PS256'],
        audience,
        issuer: clientId,
        subject: clientId,
        requiredClaims: ['jti', 'nbf', 'exp'],
        currentDate: new Date(clock.now()),
      });
      if (payload.jti === undefined || used.has(payload.jti)) return refuse('The assertion was used before.');
      used.add(payload.jti);
      return undefined;
    } catch {
      return refuse('Client assertion failed signature or claim validation.');
    }
  };
};
