import { z } from 'zod';
import { parsedText } from '../../http/read-json.ts';
import { redirectOf } from '../atlassian/answers.ts';
import { inputsNamed, readPage } from '../atlassian/markup.ts';
import type { Product } from '../atlassian/product.ts';

const adminPage = '/admin/viewgeneralconfig.action';
const remoteApi = '/rpc/json-rpc/';

const whoAmI = '/rest/api/user/current';
const nobody = z.object({ type: z.literal('anonymous') });
const failed = z.object({ error: z.unknown() });

/** Only an error names it so; a preference may hold any text. */
const isWebSudoError = (text: string): boolean =>
  text.includes('WebSudoRequired') && failed.safeParse(parsedText(text)).success;

/** The form that `/doauthenticate.action` takes; it may come in place of the page asked for. */
const isPasswordPage = (html: string): boolean =>
  html.includes('doauthenticate.action') &&
  readPage(html, 'the password page', 'Confluence')
    .root.querySelectorAll('form')
    .some(
      (form) =>
        /(^|\/)doauthenticate\.action(\?|$)/.test(form.getAttribute('action') ?? '') &&
        inputsNamed(form, 'password').length > 0,
    );

/**
 * Signing in to Confluence: `/dologin.action` shows and takes the form; an administration page without an
 * administrator's session redirects to `/authenticate.action`, or shows the same form, and `/doauthenticate.action` takes
 * the password. The remote API asks for such a session too, by the name of an exception in its answer.
 */
export const confluenceProduct = (baseUrl: URL): Product => ({
  name: 'Confluence',
  loginPath: '/dologin.action',
  loginExtras: { os_cookie: 'true', os_destination: '', login: 'Log in' },
  adminRight: 'the global permission "Confluence Administrator"',
  saysNobody: ({ request, text }) => request.route === whoAmI && nobody.safeParse(parsedText(text)).success,
  loginPages: ['/login.action', '/dologin.action'],
  whoAmI: { method: 'GET', route: whoAmI, kind: 'login' },
  adminPage: { method: 'GET', route: adminPage, kind: 'login' },
  asksPassword: (answer) => {
    if (answer.request.route.startsWith(remoteApi)) return isWebSudoError(answer.text);
    return answer.status === 200
      ? isPasswordPage(answer.text)
      : (redirectOf(answer, baseUrl)?.path.endsWith('/authenticate.action') ?? false);
  },
  webSudo: ({ password, xsrf }) => ({
    method: 'POST',
    route: '/doauthenticate.action',
    kind: 'login',
    headers: { 'X-Atlassian-Token': 'no-check' },
    form: { password, authenticate: 'Confirm', destination: adminPage, atl_token: xsrf },
  }),
  logout: (xsrf) => ({
    method: 'GET',
    route: '/logout.action',
    kind: 'login',
    query: { atl_token: xsrf },
    headers: { 'X-Atlassian-Token': 'no-check' },
  }),
});
