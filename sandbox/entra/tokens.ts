import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import { createAssertionCheck } from './assertion.ts';
import { tokenError } from './errors.ts';

/** The one application the stand-in knows. */
export type Application = {
  tenant: string;
  clientId: string;
  clientSecret: string;
  /** PEM of the certificate it may sign assertions with, if it has one. */
  certificate?: string;
};

/** The tokens handed out. */
export type Tokens = {
  issue(request: SandboxRequest, tenant: string): Promise<SandboxResponse>;
  /** Whether the request carries a token that is still good. */
  holds(request: SandboxRequest): boolean;
  /** Says how many there were. */
  expireAll(): number;
};

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const scope = 'https://graph.microsoft.com/.default';

/** The token endpoint of the login host (Microsoft identity platform): client credentials by secret or by certificate assertion. */
export const createTokens = (application: Application, clock: Clock): Tokens => {
  const expiries = new Map<string, number>();
  const checkAssertion = createAssertionCheck(application, clock);
  const refusalOf = async (request: SandboxRequest, tenant: string): Promise<SandboxResponse | undefined> => {
    const form = request.form();
    if (!(request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'))
      return tokenError(
        400,
        'invalid_request',
        900144,
        "The request body must contain the following parameter: 'grant_type'.",
      );
    if (tenant !== application.tenant)
      return tokenError(400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);
    if (form.get('grant_type') !== 'client_credentials')
      return tokenError(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
    if (form.get('client_id') !== application.clientId)
      return tokenError(400, 'unauthorized_client', 700016, 'Application was not found in the directory.');
    if (form.get('scope') !== scope)
      return tokenError(
        400,
        'invalid_scope',
        1002012,
        'The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.',
      );
    if (form.get('client_assertion_type') === assertionType)
      return checkAssertion(form.get('client_assertion') ?? '', `${request.url.origin}${request.path}`);
    if (form.get('client_secret') === application.clientSecret) return undefined;
    return form.has('client_secret')
      ? tokenError(401, 'invalid_client', 7000215, 'Invalid client secret provided.')
      : tokenError(
          401,
          'invalid_client',
          7000218,
          "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        );
  };
  return {
    async issue(request, tenant) {
      const refusal = await refusalOf(request, tenant);
      if (refusal !== undefined) return refusal;
      const token = randomBytes(48).toString('base64url');
      expiries.set(token, clock.now() + 3_599_000);
      return {
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store, no-cache' },
        body: JSON.stringify({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token }),
        note: { kind: 'login' },
      };
    },
    holds(request) {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
      return (expiries.get(token ?? '') ?? 0) > clock.now();
    },
    expireAll: () => {
      const { size } = expiries;
      expiries.clear();
      return size;
    },
  };
};
