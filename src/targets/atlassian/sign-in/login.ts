import type { CookieJar } from 'tough-cookie';
import { z } from 'zod';
import type { Call } from '../../../core/call.ts';
import { Failure } from '../../../core/failure.ts';
import { parsedText } from '../../../http/read-json.ts';
import { answeredTo, isAnonymous, isMaintenance, redirectOf, refusalOf } from '../answers.ts';
import type { Connection, ProductAnswer } from '../connection.ts';
import {
  captchaFailure,
  elsewhereFailure,
  loginUnanswered,
  maintenanceFailure,
  twoStepFailure,
  unexpectedFailure,
} from '../failures.ts';
import type { Product } from '../product.ts';
import { newJar, xsrfOf } from './cookies.ts';
import { type LoginPage, readLoginPage } from './login-page.ts';
import { isTwoStepPage } from './two-step-page.ts';

/** What a login is tried with. */
export type Credentials = { readonly username: string; readonly password: string; readonly loginPath: string };

const maxHops = 4;
const twoStepLogin = '/rest/tsv/1.0/authenticate';

/**
 * Signs in once, depending on what the login page shows: the classic form, or the login with two-step verification
 * (`/rest/tsv/1.0/authenticate`). Returns the session's cookies, or null if the product says that it refuses user name
 * or password. Any other answer is no refusal, and it never tries a second time: failed logins add up to a CAPTCHA.
 */
export const logIn = async (
  product: Product,
  connection: Connection,
  credentials: Credentials,
  call: Call,
): Promise<CookieJar | null> => {
  const jar = newJar();
  const page = await openLoginPage(connection, credentials.loginPath, jar, call);
  if (page.kind === 'captcha') throw captchaFailure(connection.party);
  const answer =
    page.kind === 'form'
      ? await connection.send(formLogin(product, page, credentials, xsrfOf(jar, connection.baseUrl)), jar, call)
      : await connection.send(twoStep(credentials), jar, call);
  const refused = page.kind === 'form' ? formRefuses(connection, answer) : twoStepRefuses(connection, answer);
  if (refused) return null;
  if (isAnonymous(answer) || answer.status >= 400) throw loginUnanswered(connection.party, answer);
  if (answeredTo(answer) === null && !(await isSignedIn(product, connection, jar, call)))
    throw loginUnanswered(connection.party, answer);
  return jar;
};

const openLoginPage = async (
  connection: Connection,
  loginPath: string,
  jar: CookieJar,
  call: Call,
): Promise<LoginPage> => {
  let route = loginPath;
  for (let hop = 0; hop < maxHops; hop += 1) {
    const answer = await connection.send({ method: 'GET', route, kind: 'login' }, jar, call);
    const redirect = redirectOf(answer, connection.baseUrl);
    if (isMaintenance(answer, redirect)) throw maintenanceFailure(connection.party);
    if (redirect === null) {
      if (answer.status !== 200) throw unexpectedFailure(connection.party, answer, 'the login page');
      return readLoginPage(answer.text, connection.party);
    }
    if (redirect.elsewhere !== null) throw elsewhereFailure(connection.party, redirect.elsewhere, 'login');
    route = redirect.query.size === 0 ? redirect.path : `${redirect.path}?${redirect.query}`;
  }
  throw new Failure('config', `${connection.party}: the login page redirects in a loop.`, {
    party: connection.party,
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
  query: { os_authType: 'none' },
  headers: { 'X-Atlassian-Token': 'no-check' },
  json: {
    username: credentials.username,
    password: credentials.password,
    rememberMe: true,
    targetUrl: '',
    captchaId: '',
  },
});

/** Whether the classic form is refused: the product says so, or shows the form again. */
const formRefuses = (connection: Connection, answer: ProductAnswer): boolean => {
  if (isRefused(connection, answer)) return true;
  if (answer.status !== 200) return false;
  if (isMaintenance(answer, null)) throw maintenanceFailure(connection.party);
  if (isTwoStepPage(answer.text)) throw twoStepFailure(connection.party, 'login');
  const { kind } = readLoginPage(answer.text, connection.party);
  if (kind === 'captcha') throw captchaFailure(connection.party);
  return kind === 'form';
};

/** Whether the newer login is refused: 401 in JSON, as it answers everything. */
const twoStepRefuses = (connection: Connection, answer: ProductAnswer): boolean => {
  if (answer.status === 404 || answer.status === 405) {
    throw noLoginPage(connection.party);
  }
  const isJson = parsedText(answer.text) !== undefined;
  if (isJson && /captcha/i.test(answer.text)) throw captchaFailure(connection.party);
  if (isJson && /two.?(step|factor)|2sv|totp/i.test(answer.text)) throw twoStepFailure(connection.party, 'login');
  if (isRefused(connection, answer)) return true;
  if (isJson && answer.status === 401) return true;
  if (!isJson && answer.status === 200) throw loginUnanswered(connection.party, answer);
  return false;
};

/** Single sign-on may have replaced the page permanently, or a proxy for a while: there is no way to tell which. */
const noLoginPage = (party: string): Failure =>
  new Failure('unavailable', `${party}: the login page shows neither the product's form nor its newer login.`, {
    party,
    unsent: true,
    remedy:
      'Look at it in a browser: a proxy may be in between. If single sign-on has replaced it, set auth.loginPath to the path that shows the form.',
  });

/** What both logins refuse alike. */
const isRefused = (connection: Connection, answer: ProductAnswer): boolean => {
  const refusal = refusalOf(answer);
  if (refusal === 'captcha') throw captchaFailure(connection.party);
  const redirect = redirectOf(answer, connection.baseUrl);
  if (redirect !== null && isMaintenance(answer, redirect)) throw maintenanceFailure(connection.party);
  if (redirect?.elsewhere != null) throw elsewhereFailure(connection.party, redirect.elsewhere, 'login');
  return refusal === 'password';
};

const signedIn = z.union([z.object({ name: z.string().min(1) }), z.object({ username: z.string().min(1) })]);

/** Asks who it is: only the product's own JSON with a name counts, no page that somebody put before it. */
export const isSignedIn = async (
  product: Product,
  connection: Connection,
  jar: CookieJar,
  call: Call,
): Promise<boolean> => {
  const answer = await connection.send({ ...product.whoAmI, kind: 'login' }, jar, call);
  return answer.status === 200 && !isAnonymous(answer) && signedIn.safeParse(parsedText(answer.text)).success;
};

/** The product does not accept user name and password. */
export const passwordRefused = (party: string): Failure =>
  new Failure('auth', `${party}: user name or password of the service account is refused.`, {
    party,
    unsent: true,
    remedy:
      'Put the right password into the secret that auth.password names. A changed secret is tried at once, the same one once more after 15 minutes.',
  });
