import * as oauth from 'oauth4webapi';
import type { Call } from '../core/call.ts';
import { openExchange } from '../http/exchange.ts';
import { fetchOver } from '../http/fetch.ts';
import type { Authorize, HttpSettings } from '../http/http.ts';
import { type IssuedToken, keepToken, notAToken } from '../http/token.ts';

const usualLifeSeconds = 300;

/** Where a provider issues tokens. `setting` is the setting its address comes from, `route` names the path in messages. */
export type TokenHost = Pick<HttpSettings, 'party' | 'baseUrl' | 'tls' | 'throttleOf'> & {
  readonly path: string;
  readonly route: string;
  readonly setting: string;
  /** The failure of a refused request in the provider's own words; any other error comes back as it is. */
  readonly refusalOf: (error: unknown, party: string) => unknown;
};

/** How a request for a token is sent: over the one HTTP client, within the call that waits for it. */
export type TokenRequest = {
  readonly server: oauth.AuthorizationServer;
  readonly options: oauth.TokenEndpointRequestOptions;
};

/** The token endpoint of a provider; `ask` sends one request and gives what goes wrong as a failure. */
export type TokenEndpoint = {
  readonly address: string;
  readonly ask: (
    call: Call,
    request: (request: TokenRequest) => Promise<oauth.TokenEndpointResponse>,
  ) => Promise<oauth.TokenEndpointResponse>;
};

/** Opens the token endpoint of a provider. */
export const openTokenEndpoint = (host: TokenHost): TokenEndpoint => {
  const { party, baseUrl, tls, throttleOf, path, route, setting, refusalOf } = host;
  const exchange = openExchange({
    party: `${party} sign-in`,
    baseUrl,
    tls,
    ...(throttleOf === undefined ? {} : { throttleOf }),
  });
  const address = `${baseUrl}${path}`;
  const server: oauth.AuthorizationServer = { issuer: baseUrl, token_endpoint: address };
  return {
    address,
    ask: async (call, request) => {
      const options = {
        [oauth.customFetch]: fetchOver(exchange, route, call),
        [oauth.allowInsecureRequests]: baseUrl.startsWith('http:'),
      };
      try {
        return await request({ server, options });
      } catch (error) {
        call.signal.throwIfAborted();
        throw error instanceof oauth.OperationProcessingError
          ? notAToken(party, route, setting)
          : refusalOf(error, party);
      }
    },
  };
};

/** A token as it was issued, by the words of the header that carries it. */
export const issuedToken = (
  { access_token, expires_in }: oauth.TokenEndpointResponse,
  scheme: string,
): IssuedToken => ({ token: `${scheme} ${access_token}`, livesMs: (expires_in ?? usualLifeSeconds) * 1_000 });

/** Signs requests in with a bearer token, kept for as long as it lives. */
export const byBearer = (ask: (call: Call) => Promise<oauth.TokenEndpointResponse>): Authorize => {
  const give = keepToken(async (call) => issuedToken(await ask(call), 'Bearer'));
  return async (_request, call, refused) => ({ authorization: await give(call, refused?.authorization ?? null) });
};
