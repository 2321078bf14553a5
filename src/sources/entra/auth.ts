import * as oauth from 'oauth4webapi';
import type { Authorize } from '../../http/http.ts';
import { byBearer, openTokenEndpoint } from '../sign-in.ts';
import type { SourceDeps } from '../source.ts';
import type { Endpoints } from './clouds.ts';
import { readCertificate } from './credential.ts';
import type { EntraSettings } from './settings.ts';
import { tokenRefusal } from './token-refusal.ts';

/** Signs requests in by client credentials; the secret is read again for every token, so a rotated one is picked up. */
export const entraSignIn = (
  settings: EntraSettings,
  { login, scope }: Endpoints,
  { secret }: SourceDeps,
  party: string,
): Authorize => {
  const endpoint = openTokenEndpoint({
    party,
    baseUrl: login,
    tls: settings.tls,
    path: `/${settings.tenant}/oauth2/v2.0/token`,
    route: '/{tenant}/oauth2/v2.0/token',
    setting: 'endpoints.login',
    refusalOf: tokenRefusal,
  });
  const client: oauth.Client = { client_id: settings.auth.clientId };

  const clientAuth = async (): Promise<oauth.ClientAuth> => {
    const { auth } = settings;
    if ('clientSecret' in auth) return oauth.ClientSecretPost(await secret(auth.clientSecret));
    const { key, thumbprint } = await readCertificate(await secret(auth.certificate), party);
    return oauth.PrivateKeyJwt(key, {
      [oauth.modifyAssertion]: (header, payload) => {
        header.typ = 'JWT';
        header['x5t#S256'] = thumbprint;
        payload.aud = endpoint.address;
      },
    });
  };

  return byBearer((call) =>
    endpoint.ask(call, async ({ server, options }) => {
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        client,
        await clientAuth(),
        { scope },
        options,
      );
      return oauth.processClientCredentialsResponse(server, client, response);
    }),
  );
};
