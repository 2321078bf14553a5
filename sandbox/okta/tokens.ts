import { createHash, randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, createLocalJWKSet, EmbeddedJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import type { SandboxRequest, SandboxResponse } from '../service.ts';

/** The service app that may sign in, with its public keys, and the API token that is good too. */
export type OktaApplication = { clientId: string; keys: JWK[]; apiToken: string; scopes: string[] };

/** The token endpoint of the org server and the check of each request's sign-in. */
export type Tokens = {
  issue(request: SandboxRequest): Promise<SandboxResponse>;
  holds(request: SandboxRequest): Promise<boolean>;
  /** The scopes of a request's token; null for an API token, which has its owner's rights. */
  scopesOf(request: SandboxRequest): readonly string[] | null;
  /** Says how many there were. */
  expireAll(): number;
};

const tokenLifeMs = 3_600_000;
const longestAssertionSeconds = 3_600;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const refuse = (status: number, error: string, headers: Record<string, string> = {}): SandboxResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ error, error_description: 'The stand-in refuses this request.' }),
  note: { kind: 'login' },
});

type Held = { expires: number; scopes: string[]; thumbprint: string };

/** Client credentials by signed assertion, bound to a key by DPoP with a nonce (Okta: service apps, DPoP). */
export const createTokens = (application: OktaApplication, clock: Clock, isGood: () => boolean): Tokens => {
  const held = new Map<string, Held>();
  const usedIds = new Set<string>();
  const nonce = randomBytes(12).toString('base64url');
  const isNew = (id: string | undefined): boolean => {
    if (id === undefined || usedIds.has(id)) return false;
    usedIds.add(id);
    return true;
  };

  const isClient = async (assertion: string, endpoint: string): Promise<boolean> => {
    try {
      const { payload, protectedHeader } = await jwtVerify(assertion, createLocalJWKSet({ keys: application.keys }), {
        algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'],
        audience: endpoint,
        issuer: application.clientId,
        subject: application.clientId,
        requiredClaims: ['exp', 'iat', 'jti'],
        currentDate: new Date(clock.now()),
      });
      const life = (payload.exp ?? 0) - clock.now() / 1_000;
      return life <= longestAssertionSeconds && isNew(payload.jti) && protectedHeader.alg !== 'none';
    } catch {
      return false;
    }
  };

  /** The proof's claims and the thumbprint of its key; null for one that proves nothing. */
  const proven = async (request: SandboxRequest): Promise<{ claims: JWTPayload; thumbprint: string } | null> => {
    const proof = request.headers.dpop;
    if (typeof proof !== 'string') return null;
    try {
      const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
        typ: 'dpop+jwt',
        maxTokenAge: '5 minutes',
        requiredClaims: ['htm', 'htu', 'iat', 'jti'],
        currentDate: new Date(clock.now()),
        clockTolerance: 60,
      });
      const jwk = protectedHeader.jwk;
      const goal = `${request.url.origin}${request.url.pathname}`;
      if (jwk === undefined || payload.htm !== request.method || payload.htu !== goal || !isNew(payload.jti))
        return null;
      return { claims: payload, thumbprint: await calculateJwkThumbprint(jwk) };
    } catch {
      return null;
    }
  };

  const heldBy = (request: SandboxRequest): { token: string; entry: Held } | null => {
    const token = /^DPoP (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const entry = held.get(token);
    return entry === undefined || entry.expires <= clock.now() ? null : { token, entry };
  };

  return {
    async issue(request) {
      const form = request.form();
      if (form.get('grant_type') !== 'client_credentials') return refuse(400, 'unsupported_grant_type');
      if (form.get('client_assertion_type') !== assertionType) return refuse(401, 'invalid_client');
      const endpoint = `${request.url.origin}${request.path}`;
      if (!(await isClient(form.get('client_assertion') ?? '', endpoint))) return refuse(401, 'invalid_client');
      const scopes = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
      if (scopes.length === 0 || scopes.some((scope) => !application.scopes.includes(scope))) {
        return refuse(400, 'invalid_scope');
      }
      const proof = await proven(request);
      if (proof === null) return refuse(400, 'invalid_dpop_proof');
      if (proof.claims.nonce !== nonce) return refuse(400, 'use_dpop_nonce', { 'dpop-nonce': nonce });
      const token = randomBytes(40).toString('base64url');
      held.set(token, { expires: clock.now() + tokenLifeMs, scopes, thumbprint: proof.thumbprint });
      return {
        status: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
        body: JSON.stringify({ token_type: 'DPoP', expires_in: 3600, access_token: token, scope: scopes.join(' ') }),
        note: { kind: 'login' },
      };
    },
    async holds(request) {
      if (request.headers.authorization === `SSWS ${application.apiToken}`) return isGood();
      const bearer = heldBy(request);
      const proof = bearer === null ? null : await proven(request);
      if (bearer === null || proof === null) return false;
      const ath = createHash('sha256').update(bearer.token).digest('base64url');
      return proof.thumbprint === bearer.entry.thumbprint && proof.claims.ath === ath;
    },
    scopesOf: (request) => heldBy(request)?.entry.scopes ?? null,
    expireAll: () => {
      const { size } = held;
      held.clear();
      return size;
    },
  };
};
