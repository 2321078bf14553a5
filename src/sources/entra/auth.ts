import * as oauth from 'oauth4webapi';
import type { Call } from '../../core/call.ts';
import { openExchange } from '../../http/exchange.ts';
import { fetchOver } from '../../http/fetch.ts';
import type { Authorize } from '../../http/http.ts';
import { type IssuedToken, keepToken, notAToken } from '../../http/token.ts';
import type { SourceDeps } from '../source.ts';
import { readCertificate } from './certificate.ts';
import type { Endpoints } from './clouds.ts';
import type { EntraSettings } from './settings.ts';
import { tokenRefusal } from './token-refusal.ts';

const route = '/{tenant}/oauth2/v2.0/token';
const usualLifeSeconds = 300;

/** Signs requests in by client credentials; the secret is read anew for every token, so a rotated one is picked up. */
export const entraSignIn = (
  settings: EntraSettings,
  { login, scope }: Endpoints,
  { secret }: SourceDeps,
  party: string,
): Authorize => {
  const exchange = openExchange({ party: `${party} sign-in`, baseUrl: login, tls: settings.tls });
  const endpoint = `${login}/${settings.tenant}/oauth2/v2.0/token`;
  const server: oauth.AuthorizationServer = { issuer: login, token_endpoint: endpoint };
  const client: oauth.Client = { client_id: settings.auth.clientId };

  const clientAuth = async (): Promise<oauth.ClientAuth> => {
    const { auth } = settings;
    if ('clientSecret' in auth) return oauth.ClientSecretPost(await secret(auth.clientSecret));
    const { key, thumbprint } = await readCertificate(await secret(auth.certificate), party);
    return oauth.PrivateKeyJwt(key, {
      [oauth.modifyAssertion]: (header, payload) => {
        header.typ = 'JWT';
        header['x5t#S256'] = thumbprint;
        payload.aud = endpoint;
      },
    });
  };

  const ask = async (call: Call): Promise<IssuedToken> => {
    const authentication = await clientAuth();
    try {
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        client,
        authentication,
        { scope },
        {
          [oauth.customFetch]: fetchOver(exchange, route, call),
          [oauth.allowInsecureRequests]: login.startsWith('http:'),
        },
      );
      const { access_token, expires_in } = await oauth.processClientCredentialsResponse(server, client, response);
      return { token: access_token, livesMs: (expires_in ?? usualLifeSeconds) * 1000 };
    } catch (error) {
      call.signal.throwIfAborted();
      throw error instanceof oauth.OperationProcessingError
        ? notAToken(party, route, 'endpoints.login')
        : tokenRefusal(error, party);
    }
  };

  const give = keepToken(ask);
  return async (_request, call, refused) => {
    const token = await give(call, refused?.authorization?.slice('Bearer '.length) ?? null);
    return { authorization: `Bearer ${token}` };
  };
};
