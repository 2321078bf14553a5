import { SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import type { Authorize } from '../../http/http.ts';
import { byBearer, openTokenEndpoint } from '../sign-in.ts';
import type { SourceDeps } from '../source.ts';
import { readServiceAccount } from './credential.ts';
import type { GoogleSettings } from './settings.ts';
import { tokenRefusal } from './token-refusal.ts';

const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const assertionLife = '1 hour';
const scopes = 'https://www.googleapis.com/auth/';

/** Signs requests in by a service account that acts for an administrator (Google: OAuth 2.0 for service accounts). */
export const googleSignIn = (
  { auth, groups, tls }: GoogleSettings,
  tokenHost: string,
  { secret }: SourceDeps,
  party: string,
): Authorize => {
  const endpoint = openTokenEndpoint({
    party,
    baseUrl: tokenHost,
    tls,
    path: '/token',
    route: '/token',
    setting: 'endpoints.token',
    refusalOf: tokenRefusal,
  });
  const scope = [
    `${scopes}admin.directory.user.readonly`,
    ...(Object.keys(groups).length === 0 ? [] : [`${scopes}admin.directory.group.member.readonly`]),
  ].join(' ');

  return byBearer((call) =>
    endpoint.ask(call, async ({ server, options }) => {
      const { email, key, keyId } = await readServiceAccount(await secret(auth.serviceAccount), party);
      const assertion = await new SignJWT({ scope })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) })
        .setIssuer(email)
        .setSubject(auth.subject)
        .setAudience(endpoint.address)
        .setIssuedAt()
        .setExpirationTime(assertionLife)
        .sign(key);
      const client: oauth.Client = { client_id: email };
      const asked = oauth.genericTokenEndpointRequest(server, client, oauth.None(), grant, { assertion }, options);
      return oauth.processGenericTokenEndpointResponse(server, client, await asked);
    }),
  );
};
