import type { ProductAnswer } from './connection.ts';

/** Where a redirect leads; `path` is without the product's context path, `elsewhere` the host if it is another one. */
export type Redirect = { readonly path: string; readonly query: URLSearchParams; readonly elsewhere: string | null };

/** Reads the Location of a 3xx answer, without path parameters (`;jsessionid=…`); null when the answer is none. */
export const redirectOf = (answer: ProductAnswer, baseUrl: URL): Redirect | null => {
  if (answer.status < 300 || answer.status > 399) return null;
  const location = answer.header('location');
  if (location === undefined) return null;
  const asked = new URL(`${baseUrl.href.replace(/\/$/, '')}${answer.request.route}`);
  if (!URL.canParse(location, asked.href)) return null;
  const to = new URL(location, asked);
  const pathname = to.pathname.replaceAll(/(;|%3B)[^/]*/gi, '');
  const context = baseUrl.pathname.replace(/\/$/, '');
  const path = pathname.startsWith(`${context}/`) ? pathname.slice(context.length) : pathname;
  return { path, query: to.searchParams, elsewhere: sameHost(to, baseUrl) ? null : to.host };
};

/** A proxy that ends TLS lets a product write `http:` into its own Location: that is still the same host. */
const sameHost = (one: URL, other: URL): boolean =>
  one.host === other.host || (one.hostname === other.hostname && one.port === '' && other.port === '');

/** Whether the product refuses a page to somebody it knows: 403, or a redirect to its login or its "not permitted". */
export const isRefusedPage = (answer: ProductAnswer, baseUrl: URL): boolean =>
  answer.status === 403 || /\/(login|dologin|notpermitted)\.\w+$/.test(redirectOf(answer, baseUrl)?.path ?? '');

/** The name the product answered to (`X-AUSERNAME`): null when the header is missing, 'anonymous' when nobody. */
export const answeredTo = (answer: ProductAnswer): string | null => answer.header('x-ausername') ?? null;

/** Whether the product treated the request as nobody's. */
export const isAnonymous = (answer: ProductAnswer): boolean => answeredTo(answer) === 'anonymous';

/** Why the product refuses credentials, by its headers and text; null when it does not. */
export type Refusal = 'password' | 'captcha' | 'basicOff' | null;

/** Reads a refusal: `X-Authentication-Denied-Reason`, `X-Seraph-LoginReason`, and the text of a blocked Basic. */
export const refusalOf = (answer: ProductAnswer): Refusal => {
  const denied = answer.header('x-authentication-denied-reason') ?? '';
  const reason = answer.header('x-seraph-loginreason') ?? '';
  if (denied.includes('CAPTCHA') || reason.includes('AUTHENTICATION_DENIED')) return 'captcha';
  if (reason.includes('AUTHENTICATED_FAILED')) return 'password';
  if (answer.status === 403 && answer.text.includes('Basic Authentication has been disabled')) return 'basicOff';
  return null;
};

const titleOf = ({ status, text }: ProductAnswer): string =>
  status === 200 ? (/<title>([^<]*)<\/title>/i.exec(text)?.[1]?.trim() ?? '') : '';

/**
 * While it starts or is under maintenance, the product redirects everybody to a special page, or shows it in place of
 * the requested one.
 */
export const isMaintenance = (answer: ProductAnswer, redirect: Redirect | null): boolean =>
  redirect === null
    ? /^(atlassian )?((jira|confluence) - )?initiali[sz]ing$/i.test(titleOf(answer))
    : /\/(startup\.jsp|errors\.jsp|500page\.jsp|johnson\/|bootstrap\/)/.test(redirect.path);

/** The page for a form without its token; a form of somebody whose session has ended gets it too (status 200 or 403). */
export const isFormTokenPage = ({ status, text }: ProductAnswer): boolean =>
  (status === 200 || status === 403) && /<title>\s*XSRF Security Token Missing\b/i.test(text);
