import * as oauth from 'oauth4webapi';
import type { Authorize } from '../../http/http.ts';
import { keepToken } from '../../http/token.ts';
import { issuedToken, openTokenEndpoint, type TokenRequest } from '../sign-in.ts';
import type { SourceDeps } from '../source.ts';
import { readPrivateKey } from './credential.ts';
import { makeProofKeys, proofOf } from './proof.ts';
import type { OktaSettings } from './settings.ts';
import { throttledByReset } from './throttle.ts';
import { tokenRefusal } from './token-refusal.ts';

const route = '/oauth2/v1/token';

/** Signs requests in with an API token or as a service app; secrets are read anew, so a rotated one is picked up. */
export const oktaSignIn = (settings: OktaSettings, deps: SourceDeps, party: string): Authorize => {
  const { auth } = settings;
  if ('clientId' in auth) return asServiceApp(settings, auth, deps, party);
  return async () => ({ authorization: `SSWS ${(await deps.secret(auth.apiToken)).trim()}` });
};

type ServiceApp = Extract<OktaSettings['auth'], { clientId: string }>;

/** Client credentials with a signed assertion; the token is bound to a key of this process (Okta: DPoP). */
const asServiceApp = (
  { org, tls, groups }: OktaSettings,
  { clientId, privateKey, keyId }: ServiceApp,
  { secret }: SourceDeps,
  party: string,
): Authorize => {
  const endpoint = openTokenEndpoint({
    party,
    baseUrl: org,
    tls,
    throttleOf: throttledByReset,
    path: route,
    route,
    setting: 'org',
    refusalOf: tokenRefusal,
  });
  const client: oauth.Client = { client_id: clientId };
  const scope = ['okta.users.read', ...(Object.keys(groups).length === 0 ? [] : ['okta.groups.read'])].join(' ');
  let proofs: Promise<{ keys: oauth.CryptoKeyPair; handle: oauth.DPoPHandle }> | null = null;
  const bound = () => {
    proofs ??= makeProofKeys().then((keys) => ({ keys, handle: oauth.DPoP(client, keys) }));
    return proofs;
  };

  const request = async ({ server, options }: TokenRequest, handle: oauth.DPoPHandle) => {
    const key = await readPrivateKey(await secret(privateKey), keyId, party);
    const authentication = oauth.PrivateKeyJwt(key, {
      [oauth.modifyAssertion]: (_header, payload) => {
        payload.aud = endpoint.address;
      },
    });
    const byProof = { ...options, DPoP: handle };
    const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope }, byProof);
    return oauth.processClientCredentialsResponse(server, client, response);
  };

  const give = keepToken(async (call) => {
    const { handle } = await bound();
    const issued = await endpoint.ask(call, async (over) => {
      // The first request of a key is answered with a nonce to repeat it with.
      try {
        return await request(over, handle);
      } catch (error) {
        if (call.signal.aborted || !oauth.isDPoPNonceError(error)) throw error;
        return request(over, handle);
      }
    });
    return issuedToken(issued, issued.token_type === 'dpop' ? 'DPoP' : 'Bearer');
  });
  return async (outgoing, call, refused) => {
    const authorization = await give(call, refused?.authorization ?? null);
    if (authorization.startsWith('Bearer ')) return { authorization };
    const { keys } = await bound();
    return { authorization, dpop: await proofOf(keys, outgoing, authorization.slice('DPoP '.length)) };
  };
};
