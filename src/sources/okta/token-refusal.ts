import { ResponseBodyError } from 'oauth4webapi';
import { Failure, type FailureKind } from '../../core/failure.ts';

type Known = { readonly kind: FailureKind; readonly what: string; readonly remedy: string };

/** The sign-in errors an admin can meet (Okta: OAuth 2.0 errors). */
const known: Readonly<Record<string, Known>> = {
  invalid_client: {
    kind: 'auth',
    what: 'refuses the client id or the signature of the key',
    remedy: 'Check auth.clientId, and that the public key of auth.privateKey is among the keys of the application.',
  },
  invalid_scope: {
    kind: 'forbidden',
    what: 'has not granted the requested scopes',
    remedy: 'Grant okta.users.read (and okta.groups.read if you use groups) under Okta API Scopes of the application.',
  },
  invalid_dpop_proof: {
    kind: 'auth',
    what: 'refuses the proof of possession',
    remedy: 'Check the clock of this machine.',
  },
};

/** The failure of a refused token request, by its OAuth code; other errors are passed on unchanged. */
export const tokenRefusal = (error: unknown, party: string): unknown => {
  if (!(error instanceof ResponseBodyError)) return error;
  const { kind, what, remedy } = known[error.error] ?? {
    kind: 'auth',
    what: 'refuses to sign the application in',
    remedy: 'Look for the reason in the system log of the organization.',
  };
  return new Failure(kind, `${party} ${what} (${error.error}).`, { party, status: error.status, remedy });
};
