import { SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import type { Call } from '../../core/call.ts';
import { openExchange } from '../../http/exchange.ts';
import { fetchOver } from '../../http/fetch.ts';
import type { Authorize } from '../../http/http.ts';
import { type IssuedToken, keepToken, notAToken } from '../../http/token.ts';
import type { SourceDeps } from '../source.ts';
import { readServiceAccount } from './service-account.ts';
import type { GoogleSettings } from './settings.ts';
import { tokenRefusal } from './token-refusal.ts';

const route = '/token';
const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const usualLifeSeconds = 300;
const assertionLife = '1 hour';
const scopes = 'https://www.googleapis.com/auth/';

/** Signs requests in by a service account that acts for an administrator (Google: OAuth 2.0 for service accounts). */
export const googleSignIn = (
  { auth, groups, tls }: GoogleSettings,
  tokenHost: string,
  { secret }: SourceDeps,
  party: string,
): Authorize => {
  const exchange = openExchange({ party: `${party} sign-in`, baseUrl: tokenHost, tls });
  const endpoint = `${tokenHost}${route}`;
  const server: oauth.AuthorizationServer = { issuer: tokenHost, token_endpoint: endpoint };
  const scope = [
    `${scopes}admin.directory.user.readonly`,
    ...(Object.keys(groups).length === 0 ? [] : [`${scopes}admin.directory.group.member.readonly`]),
  ].join(' ');

  const ask = async (call: Call): Promise<IssuedToken> => {
    const { email, key, keyId } = await readServiceAccount(await secret(auth.serviceAccount), party);
    const assertion = await new SignJWT({ scope })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) })
      .setIssuer(email)
      .setSubject(auth.subject)
      .setAudience(endpoint)
      .setIssuedAt()
      .setExpirationTime(assertionLife)
      .sign(key);
    const client: oauth.Client = { client_id: email };
    try {
      const response = await oauth.genericTokenEndpointRequest(
        server,
        client,
        oauth.None(),
        grant,
        { assertion },
        {
          [oauth.customFetch]: fetchOver(exchange, route, call),
          [oauth.allowInsecureRequests]: tokenHost.startsWith('http:'),
        },
      );
      const issued = await oauth.processGenericTokenEndpointResponse(server, client, response);
      return { token: issued.access_token, livesMs: (issued.expires_in ?? usualLifeSeconds) * 1_000 };
    } catch (error) {
      call.signal.throwIfAborted();
      throw error instanceof oauth.OperationProcessingError
        ? notAToken(party, route, 'endpoints.token')
        : tokenRefusal(error, party);
    }
  };

  const give = keepToken(ask);
  return async (_request, call, refused) => {
    const token = await give(call, refused?.authorization?.slice('Bearer '.length) ?? null);
    return { authorization: `Bearer ${token}` };
  };
};
