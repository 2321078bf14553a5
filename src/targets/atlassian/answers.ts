import { Failure } from '../../core/failure.ts';
import { describe } from '../../http/read-json.ts';
import type { Answer } from './wire.ts';

/** Where a redirect leads; `path` is without the product's context path, `elsewhere` the host if it is another one. */
export type Redirect = { readonly path: string; readonly query: URLSearchParams; readonly elsewhere: string | null };

/** Reads the Location of a 3xx answer; null when the answer is none. */
export const redirectOf = (answer: Answer, baseUrl: URL): Redirect | null => {
  if (answer.status < 300 || answer.status > 399) return null;
  const location = answer.header('location');
  if (location === undefined) return null;
  const asked = new URL(`${baseUrl.href.replace(/\/$/, '')}${answer.request.route}`);
  if (!URL.canParse(location, asked.href)) return null;
  const to = new URL(location, asked);
  const context = baseUrl.pathname.replace(/\/$/, '');
  const path = to.pathname.startsWith(`${context}/`) ? to.pathname.slice(context.length) : to.pathname;
  return { path, query: to.searchParams, elsewhere: sameHost(to, baseUrl) ? null : to.host };
};

/** A proxy that ends TLS lets a product write `http:` into its own Location: that is still the same host. */
const sameHost = (one: URL, other: URL): boolean =>
  one.host === other.host || (one.hostname === other.hostname && one.port === '' && other.port === '');

/** Whether the product refuses a page to somebody it knows: 403, or a redirect to its login or its "not permitted". */
export const isRefusedPage = (answer: Answer, baseUrl: URL): boolean =>
  answer.status === 403 || /\/(login|dologin|notpermitted)\.\w+$/.test(redirectOf(answer, baseUrl)?.path ?? '');

/** The name the product answered to (`X-AUSERNAME`): null when the header is missing, 'anonymous' when nobody. */
export const answeredTo = (answer: Answer): string | null => answer.header('x-ausername') ?? null;

/** Whether the product treated the request as nobody's. */
export const isAnonymous = (answer: Answer): boolean => answeredTo(answer) === 'anonymous';

/** Why the product refuses credentials, by its headers and text; null when it does not. */
export type Refusal = 'password' | 'captcha' | 'basicOff' | null;

/** Reads a refusal: `X-Authentication-Denied-Reason`, `X-Seraph-LoginReason`, and the text of a blocked Basic. */
export const refusalOf = (answer: Answer): Refusal => {
  const denied = answer.header('x-authentication-denied-reason') ?? '';
  const reason = answer.header('x-seraph-loginreason') ?? '';
  if (denied.includes('CAPTCHA') || reason.includes('AUTHENTICATION_DENIED')) return 'captcha';
  if (reason.includes('AUTHENTICATED_FAILED')) return 'password';
  if (answer.status === 403 && answer.text.includes('Basic Authentication has been disabled')) return 'basicOff';
  return null;
};

/** The product wants a picture puzzle solved: trying on would only lengthen it, so this ends the run. */
export const captchaFailure = (party: string): Failure =>
  new Failure('auth', `${party}: the service account must solve a CAPTCHA before it may sign in again.`, {
    party,
    unsent: true,
    remedy: 'Sign in once by hand in a browser as the service account, then start the run again.',
  });

/** The page asked for an administrator and the account is none. */
export const forbiddenFailure = (party: string, right: string, answer: Answer): Failure =>
  new Failure('forbidden', `${party}: the service account may not do ${describe(answer)}.`, {
    party,
    status: answer.status,
    remedy: `Give it ${right}.`,
  });

/** Single sign-on (or a proxy) answered in the product's place. */
export const elsewhereFailure = (party: string, host: string, where: 'login' | 'work'): Failure =>
  where === 'login'
    ? new Failure('config', `${party}: single sign-on took over the login form (a redirect to ${host}).`, {
        party,
        remedy: 'Set auth.loginPath to the path that still shows the form, such as "/login.jsp?auth_fallback".',
      })
    : new Failure('config', `${party}: the product redirects to another host (${host}).`, {
        party,
        remedy: "Set url to the product's base URL, and leave the service account out of single sign-on.",
      });

/** The product sends everybody to a page of its own while it starts or is repaired. */
const maintenance = /\/(startup\.jsp|errors\.jsp|500page\.jsp|johnson\/|bootstrap\/)/;

/** Whether a redirect leads to the product's page for starting up or maintenance. */
export const isMaintenance = (redirect: Redirect | null): boolean =>
  redirect !== null && maintenance.test(redirect.path);

/** The product is there, but serves nobody now. */
export const maintenanceFailure = (party: string): Failure =>
  new Failure('unavailable', `${party} is starting or in maintenance.`, {
    party,
    unsent: true,
    remedy: 'Look at its own page in a browser; the run goes on when it is back.',
  });

/** An answer that is neither success nor a refusal Attune knows. */
export const unexpectedFailure = (party: string, answer: Answer, expected: string): Failure =>
  new Failure('wrongShape', `${party}: ${describe(answer)} answered ${answer.status} instead of ${expected}.`, {
    party,
    status: answer.status,
    remedy: 'Nothing is concluded from such an answer. Look at the product and at any proxy before it.',
  });
