import { ResponseBodyError } from 'oauth4webapi';
import { Failure } from '../../core/failure.ts';

/** What an admin can do about a refused sign-in (Google: OAuth 2.0 for service accounts, error codes). */
const known: Readonly<Record<string, { readonly what: string; readonly remedy: string }>> = {
  unauthorized_client: {
    what: 'has not delegated the scopes to this service account',
    remedy:
      "Admin console, Security, API controls, Domain-wide delegation: add the service account's client id with all scopes listed in docs/connectors/google.md.",
  },
  invalid_grant: {
    what: 'refuses the assertion',
    remedy:
      'auth.subject must be an administrator who is not suspended; the key may have been deleted; check the clock of this machine.',
  },
  invalid_client: {
    what: 'does not know the service account',
    remedy: 'It may have been deleted: check client_email in the key file.',
  },
};

/** The failure of a refused token request, by its OAuth code; other errors are passed on unchanged. */
export const tokenRefusal = (error: unknown, party: string): unknown => {
  if (!(error instanceof ResponseBodyError)) return error;
  const { what, remedy } = known[error.error] ?? {
    what: 'refuses to sign the service account in',
    remedy: 'Look for the reason in the audit log of the admin console.',
  };
  return new Failure('auth', `${party} ${what} (${error.error}).`, { party, status: error.status, remedy });
};
