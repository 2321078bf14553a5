import * as oauth from 'oauth4webapi';
import type { Call } from '../../core/call.ts';
import { openExchange } from '../../http/exchange.ts';
import { fetchOver } from '../../http/fetch.ts';
import type { Authorize } from '../../http/http.ts';
import { type IssuedToken, keepToken, notAToken } from '../../http/token.ts';
import type { SourceDeps } from '../source.ts';
import { readPrivateKey } from './private-key.ts';
import { makeProofKeys, proofOf } from './proof.ts';
import type { OktaSettings } from './settings.ts';
import { throttledByReset } from './throttle.ts';
import { tokenRefusal } from './token-refusal.ts';

const route = '/oauth2/v1/token';
const usualLifeSeconds = 300;

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
  const exchange = openExchange({ party: `${party} sign-in`, baseUrl: org, tls, throttleOf: throttledByReset });
  const endpoint = `${org}${route}`;
  const server: oauth.AuthorizationServer = { issuer: org, token_endpoint: endpoint };
  const client: oauth.Client = { client_id: clientId };
  const scope = ['okta.users.read', ...(Object.keys(groups).length === 0 ? [] : ['okta.groups.read'])].join(' ');
  let proofs: Promise<{ keys: oauth.CryptoKeyPair; handle: oauth.DPoPHandle }> | null = null;
  const bound = () => {
    proofs ??= makeProofKeys().then((keys) => ({ keys, handle: oauth.DPoP(client, keys) }));
    return proofs;
  };

  const request = async (call: Call, handle: oauth.DPoPHandle): Promise<Response> => {
    const key = await readPrivateKey(await secret(privateKey), keyId, party);
    const authentication = oauth.PrivateKeyJwt(key, {
      [oauth.modifyAssertion]: (_header, payload) => {
        payload.aud = endpoint;
      },
    });
    return oauth.clientCredentialsGrantRequest(
      server,
      client,
      authentication,
      { scope },
      {
        DPoP: handle,
        [oauth.customFetch]: fetchOver(exchange, route, call),
        [oauth.allowInsecureRequests]: org.startsWith('http:'),
      },
    );
  };

  const ask = async (call: Call): Promise<IssuedToken> => {
    const { handle } = await bound();
    /** The first request of a key is answered with a nonce to repeat it with. */
    for (let repeated = false; ; repeated = true) {
      try {
        const response = await request(call, handle);
        const issued = await oauth.processClientCredentialsResponse(server, client, response);
        const kind = issued.token_type === 'dpop' ? 'DPoP' : 'Bearer';
        return { token: `${kind} ${issued.access_token}`, livesMs: (issued.expires_in ?? usualLifeSeconds) * 1_000 };
      } catch (error) {
        call.signal.throwIfAborted();
        if (!repeated && oauth.isDPoPNonceError(error)) continue;
        throw error instanceof oauth.OperationProcessingError
          ? notAToken(party, route, 'org')
          : tokenRefusal(error, party);
      }
    }
  };

  const give = keepToken(ask);
  return async (outgoing, call, refused) => {
    const authorization = await give(call, refused?.authorization ?? null);
    if (authorization.startsWith('Bearer ')) return { authorization };
    const { keys } = await bound();
    return { authorization, dpop: await proofOf(keys, outgoing, authorization.slice('DPoP '.length)) };
  };
};
