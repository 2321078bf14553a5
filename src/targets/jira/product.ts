import { redirectOf } from '../atlassian/answers.ts';
import { inputsNamed, readPage } from '../atlassian/markup.ts';
import type { Product } from '../atlassian/product.ts';

const adminPage = '/secure/admin/user/UserBrowser.jspa';

/** The name alone could be somebody's value, so the markup decides; the page comes in place of the one asked for. */
const isPasswordPage = (html: string): boolean =>
  html.includes('webSudoPassword') &&
  inputsNamed(readPage(html, 'the password page', 'Jira').root, 'webSudoPassword').length > 0;

/**
 * Signing in to Jira: `/login.jsp` shows and takes the form; an administration page without an administrator's session
 * answers 200 with the password page, or redirects to it, and `WebSudoAuthenticate.jspa` takes the password.
 */
export const jiraProduct = (baseUrl: URL): Product => ({
  name: 'Jira',
  loginPath: '/login.jsp',
  loginExtras: { os_destination: '', user_role: '', login: 'Log In' },
  adminRight: 'the global permission "Jira Administrators"',
  saysNobody: () => false,
  loginPages: ['/login.jsp'],
  whoAmI: { method: 'GET', route: '/rest/api/2/myself', kind: 'login' },
  adminPage: { method: 'GET', route: adminPage, kind: 'login' },
  asksPassword: (answer) =>
    answer.status === 200
      ? isPasswordPage(answer.text)
      : /\/WebSudoAuthenticate(!default)?\.jspa$/.test(redirectOf(answer, baseUrl)?.path ?? ''),
  webSudo: ({ password, xsrf }) => ({
    method: 'POST',
    route: '/secure/admin/WebSudoAuthenticate.jspa',
    kind: 'login',
    headers: { 'X-Atlassian-Token': 'no-check' },
    form: {
      webSudoPassword: password,
      webSudoDestination: adminPage,
      webSudoIsPost: 'false',
      atl_token: xsrf,
    },
  }),
  logout: () => ({ method: 'DELETE', route: '/rest/auth/1/session', kind: 'login' }),
});
