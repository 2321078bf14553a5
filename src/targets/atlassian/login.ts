import type { CookieJar } from 'tough-cookie';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import {
  answeredTo,
  captchaFailure,
  elsewhereFailure,
  isAnonymous,
  isMaintenance,
  maintenanceFailure,
  redirectOf,
  refusalOf,
  unexpectedFailure,
} from './answers.ts';
import { newJar, xsrfOf } from './cookies.ts';
import { type LoginPage, readLoginPage } from './login-page.ts';
import type { Product } from './product.ts';
import type { Answer, Wire } from './wire.ts';

/** What a login is tried with. */
export type Credentials = { readonly username: string; readonly password: string; readonly loginPath: string };

const maxHops = 4;
const twoStepLogin = '/rest/tsv/1.0/authenticate';

/**
 * Signs in once by what the login page shows: the classic form, or the login with two-step verification
 * (`/rest/tsv/1.0/authenticate`). Gives the session's cookies, or null when user name or password is refused; it never
 * tries a second time, because failed logins add up to a CAPTCHA.
 */
export const logIn = async (
  product: Product,
  wire: Wire,
  credentials: Credentials,
  call: Call,
): Promise<CookieJar | null> => {
  const jar = newJar();
  const page = await openLoginPage(wire, credentials.loginPath, jar, call);
  if (page.kind === 'captcha') throw captchaFailure(wire.party);
  const answer =
    page.kind === 'form'
      ? await wire.send(formLogin(product, page, credentials, xsrfOf(jar, wire.baseUrl)), jar, call)
      : await wire.send(twoStep(credentials), jar, call);
  if (!accepted(wire, answer, page)) return null;
  if (answeredTo(answer) === null && !(await isSignedIn(product, wire, jar, call))) return null;
  return jar;
};

const openLoginPage = async (wire: Wire, loginPath: string, jar: CookieJar, call: Call): Promise<LoginPage> => {
  let route = loginPath;
  for (let hop = 0; hop < maxHops; hop += 1) {
    const answer = await wire.send({ method: 'GET', route, kind: 'login' }, jar, call);
    const redirect = redirectOf(answer, wire.baseUrl);
    if (redirect === null) {
      if (answer.status !== 200) throw unexpectedFailure(wire.party, answer, 'the login page');
      return readLoginPage(answer.text, wire.party);
    }
    if (isMaintenance(redirect)) throw maintenanceFailure(wire.party);
    if (redirect.elsewhere !== null) throw elsewhereFailure(wire.party, redirect.elsewhere, 'login');
    route = redirect.query.size === 0 ? redirect.path : `${redirect.path}?${redirect.query}`;
  }
  throw new Failure('config', `${wire.party}: the login page redirects in a circle.`, {
    party: wire.party,
    remedy: 'Set auth.loginPath to the path that shows the login form.',
  });
};

const formLogin = (product: Product, page: LoginPage & { kind: 'form' }, credentials: Credentials, xsrf: string) => ({
  method: 'POST' as const,
  route: credentials.loginPath,
  kind: 'login' as const,
  headers: { 'X-Atlassian-Token': 'no-check' },
  form: {
    ...page.hidden,
    ...product.loginExtras,
    ...(xsrf === '' ? {} : { atl_token: xsrf }),
    os_username: credentials.username,
    os_password: credentials.password,
  },
});

const twoStep = (credentials: Credentials) => ({
  method: 'POST' as const,
  route: twoStepLogin,
  kind: 'login' as const,
  headers: { 'X-Atlassian-Token': 'no-check' },
  json: { username: credentials.username, password: credentials.password, rememberMe: true, targetUrl: '' },
});

const accepted = (wire: Wire, answer: Answer, page: LoginPage): boolean => {
  const refusal = refusalOf(answer);
  if (refusal === 'captcha') throw captchaFailure(wire.party);
  if (refusal === 'password') return false;
  const redirect = redirectOf(answer, wire.baseUrl);
  if (redirect?.elsewhere != null) throw elsewhereFailure(wire.party, redirect.elsewhere, 'login');
  if (page.kind === 'noForm') refuseTwoStep(wire, answer);
  else if (answer.status === 200 && readLoginPage(answer.text, wire.party).kind === 'captcha')
    throw captchaFailure(wire.party);
  if (answer.status === 401 || answer.status === 403 || isAnonymous(answer)) return false;
  if (answer.status >= 400) throw unexpectedFailure(wire.party, answer, 'a session');
  return true;
};

const refuseTwoStep = (wire: Wire, answer: Answer): void => {
  if (answer.status === 404 || answer.status === 405) {
    throw new Failure('config', `${wire.party}: the login page shows neither the product's form nor its newer login.`, {
      party: wire.party,
      remedy: 'Set auth.loginPath to the path that shows the form; single sign-on may have replaced the usual one.',
    });
  }
  if (/captcha/i.test(answer.text)) throw captchaFailure(wire.party);
  if (/two.?(step|factor)|2sv|totp/i.test(answer.text)) throw twoStepWanted(wire.party);
};

const isSignedIn = async (product: Product, wire: Wire, jar: CookieJar, call: Call): Promise<boolean> => {
  const answer = await wire.send({ ...product.whoAmI, kind: 'login' }, jar, call);
  return answer.status === 200 && !isAnonymous(answer);
};

const twoStepWanted = (party: string): Failure =>
  new Failure('auth', `${party}: the service account has two-step verification, which nobody can answer unattended.`, {
    party,
    remedy: 'Switch two-step verification off for this account, or use another one.',
  });

/** The product does not accept user name and password. */
export const passwordRefused = (party: string): Failure =>
  new Failure('auth', `${party}: user name or password of the service account is refused.`, {
    party,
    unsent: true,
    remedy: 'Put the right password into the secret that auth.password names; it is read again by itself.',
  });

/** How the password page was answered; `signedOut` means that the session itself is gone. */
export type Raised = 'raised' | 'signedOut' | 'refused';

/** Answers the password page of an administrator's session. The product puts a new session into the jar. */
export const answerPasswordPage = async (
  product: Product,
  wire: Wire,
  password: string,
  jar: CookieJar,
  call: Call,
): Promise<Raised> => {
  const answer = await wire.send(product.webSudo({ password, xsrf: xsrfOf(jar, wire.baseUrl) }), jar, call);
  const outcome = answer.header('x-atlassian-websudo');
  if (refusalOf(answer) === 'captcha') throw captchaFailure(wire.party);
  if (answer.status >= 300 && answer.status < 400 && outcome === 'Has-Authentication') return 'raised';
  if (answer.status === 401 || isAnonymous(answer)) return 'signedOut';
  if (answer.status === 403) throw webSudoForbidden(product, wire.party);
  if (outcome === 'Require-Authentication' || product.asksPassword(answer)) return 'refused';
  throw unexpectedFailure(wire.party, answer, "an administrator's session");
};

const webSudoForbidden = (product: Product, party: string): Failure =>
  new Failure('forbidden', `${party}: ${product.name} refuses an administrator's session to the service account.`, {
    party,
    status: 403,
    remedy: `Give it ${product.adminRight}, and add this machine's address if an IP allow-list guards administration.`,
  });
