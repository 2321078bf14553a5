import { ResponseBodyError } from 'oauth4webapi';
import { z } from 'zod';
import { Failure, type FailureKind } from '../../core/failure.ts';

type Known = { readonly kind: FailureKind; readonly message: string; readonly remedy: string };

/** The sign-in errors an admin can meet (Microsoft Entra authentication and authorization error codes). */
const known: Readonly<Record<number, Known>> = {
  7000215: {
    kind: 'auth',
    message: 'Entra ID refuses the client secret.',
    remedy: "Store the secret's value, not its id, where auth.clientSecret points.",
  },
  7000222: {
    kind: 'auth',
    message: 'The client secret has expired.',
    remedy: 'Create a new one under Certificates & secrets of the app registration and store it.',
  },
  700027: {
    kind: 'auth',
    message: 'Entra ID refuses the certificate.',
    remedy: 'Upload it under Certificates & secrets of the app registration, and check that it has not expired.',
  },
  700016: {
    kind: 'config',
    message: 'The tenant knows no application with this client id.',
    remedy: 'Check auth.clientId and tenant; an administrator of the tenant must have consented to the application.',
  },
  90002: {
    kind: 'config',
    message: 'There is no such tenant in this cloud.',
    remedy: 'Check tenant and cloud of the source.',
  },
  900023: {
    kind: 'config',
    message: 'The tenant is neither a domain nor an id.',
    remedy: 'Check tenant of the source.',
  },
  7000112: {
    kind: 'auth',
    message: 'The application is disabled in this tenant.',
    remedy: 'Enable it under Enterprise applications.',
  },
};

const refusal = z.looseObject({ error_codes: z.array(z.int()).catch([]), error_description: z.string().catch('') });

/** The failure of a refused token request, by its AADSTS code; other errors are passed on unchanged. */
export const tokenRefusal = (error: unknown, party: string): unknown => {
  if (!(error instanceof ResponseBodyError)) return error;
  const parsed = refusal.parse(error.cause);
  const named = /^AADSTS(\d+)/.exec(parsed.error_description)?.[1];
  const code = parsed.error_codes[0] ?? (named === undefined ? null : Number(named));
  const facts = { party, status: error.status };
  const found = code === null ? undefined : known[code];
  if (found !== undefined) {
    return new Failure(found.kind, `${found.message.slice(0, -1)} (AADSTS${code}).`, {
      ...facts,
      remedy: found.remedy,
    });
  }
  const cause = code === null ? error.error : `AADSTS${code}`;
  return new Failure('auth', `Entra ID refuses to sign the application in (${cause}).`, {
    ...facts,
    remedy: 'Look up the code at https://login.microsoftonline.com/error and in the sign-in logs of the tenant.',
  });
};
