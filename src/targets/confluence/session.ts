import { redirectOf } from '../atlassian/answers.ts';
import type { Product } from '../atlassian/product.ts';

/**
 * Signing in to Confluence: `/dologin.action` shows and takes the form; an administration page without an
 * administrator's session redirects to `/authenticate.action`, which `/doauthenticate.action` answers.
 */
export const confluence = (baseUrl: URL): Product => ({
  name: 'Confluence',
  loginPath: '/dologin.action',
  loginExtras: { os_cookie: 'true', os_destination: '', login: 'Log in' },
  adminRight: 'the global permission "Confluence Administrator"',
  loginPages: ['/login.action', '/dologin.action'],
  whoAmI: { method: 'GET', route: '/rest/api/user/current', kind: 'login' },
  asksPassword: (answer) => redirectOf(answer, baseUrl)?.path.endsWith('/authenticate.action') ?? false,
  webSudo: ({ password, xsrf }) => ({
    method: 'POST',
    route: '/doauthenticate.action',
    kind: 'login',
    headers: { 'X-Atlassian-Token': 'no-check' },
    form: { password, authenticate: 'Confirm', destination: '/admin/viewgeneralconfig.action', atl_token: xsrf },
  }),
  logout: (xsrf) => ({
    method: 'GET',
    route: '/logout.action',
    kind: 'login',
    query: { atl_token: xsrf },
    headers: { 'X-Atlassian-Token': 'no-check' },
  }),
});
