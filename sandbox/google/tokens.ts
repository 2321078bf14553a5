import { randomBytes } from 'node:crypto';
import { importSPKI, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import type { SandboxRequest, SandboxResponse } from '../service.ts';

/** The service account, its public key, whom it may act for, and the scopes that are delegated to it. */
export type GoogleApplication = { email: string; publicKey: string | null; administrators: string[]; scopes: string[] };

/** The token endpoint and the check of each request's sign-in. */
export type Tokens = {
  issue(request: SandboxRequest): Promise<SandboxResponse>;
  /** The scopes a request's token is for; null for a token that is not held. */
  scopesOf(request: SandboxRequest): readonly string[] | null;
  /** Says how many there were. */
  expireAll(): number;
};

const tokenLifeMs = 3_599_000;
const longestAssertionSeconds = 3_600;
const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const refuse = (status: number, error: string, description: string): SandboxResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify({ error, error_description: description }),
  note: { kind: 'login' },
});

/** Trades a signed assertion for a token (Google: OAuth 2.0 for service accounts). */
export const createTokens = (application: GoogleApplication, clock: Clock): Tokens => {
  const held = new Map<string, { expires: number; scopes: string[] }>();

  const read = async (assertion: string, audience: string) => {
    if (application.publicKey === null) throw new Error('no key is registered');
    const { payload } = await jwtVerify(assertion, await importSPKI(application.publicKey, 'RS256'), {
      algorithms: ['RS256'],
      audience,
      issuer: application.email,
      requiredClaims: ['iat', 'exp', 'sub', 'scope'],
      currentDate: new Date(clock.now()),
    });
    const { iat = 0, exp = 0, sub = '', scope } = payload;
    if (exp - iat > longestAssertionSeconds || iat * 1_000 > clock.now() + 60_000) throw new Error('wrong life');
    return { subject: sub, scopes: typeof scope === 'string' ? scope.split(' ') : [] };
  };

  return {
    async issue(request) {
      const form = request.form();
      if (form.get('grant_type') !== grant) return refuse(400, 'unsupported_grant_type', 'Invalid grant_type');
      let asked: Awaited<ReturnType<typeof read>>;
      try {
        asked = await read(form.get('assertion') ?? '', `${request.url.origin}${request.path}`);
      } catch {
        return refuse(400, 'invalid_grant', 'Invalid JWT Signature.');
      }
      if (!application.administrators.includes(asked.subject))
        return refuse(400, 'invalid_grant', 'Invalid email or User ID');
      if (asked.scopes.some((scope) => !application.scopes.includes(scope)))
        return refuse(
          401,
          'unauthorized_client',
          'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
        );
      const token = `ya29.${randomBytes(40).toString('base64url')}`;
      held.set(token, { expires: clock.now() + tokenLifeMs, scopes: asked.scopes });
      return {
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({ access_token: token, expires_in: 3599, token_type: 'Bearer' }),
        note: { kind: 'login' },
      };
    },
    scopesOf(request) {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const found = held.get(token);
      return found === undefined || found.expires <= clock.now() ? null : found.scopes;
    },
    expireAll: () => {
      const { size } = held;
      held.clear();
      return size;
    },
  };
};
