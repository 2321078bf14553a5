import { CookieJar } from 'tough-cookie';
import type { ProductRequest } from '../connection.ts';

/** A jar for one session: all cookies are kept, so that a balancer's stickiness holds too. */
export const newJar = (): CookieJar => new CookieJar(undefined, { looseMode: true, rejectPublicSuffixes: false });

/** The XSRF token the product put into this session, or the empty text; it goes into forms as `atl_token`. */
export const xsrfOf = (jar: CookieJar, baseUrl: URL): string =>
  jar.getCookiesSync(baseUrl.href).find((cookie) => cookie.key === 'atlassian.xsrf.token')?.value ?? '';

/** Only products that are asked by form carry the token; REST needs none. */
export const withXsrf = (request: ProductRequest, xsrf: string): ProductRequest => {
  const marked = { ...request, headers: { 'X-Atlassian-Token': 'no-check', ...request.headers } };
  if (request.form === undefined || request.form.atl_token !== undefined || xsrf === '') return marked;
  return { ...marked, form: { ...request.form, atl_token: xsrf } };
};
