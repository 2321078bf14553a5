import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import type { Accounts } from './accounts.ts';
import type { Credentials } from './credentials.ts';
import { dressed } from './dressed.ts';
import { type AtlassianOptions, takesBasic } from './options.ts';
import { createRateLimit } from './rate-limit.ts';
import type { Session, Sessions } from './sessions.ts';
import { htmlHeaders } from './template.ts';
import { type Visit, xsrfCookie } from './visit.ts';

/** What knows senders: by cookie, by Basic, by token; and what puts the products' headers on every answer. */
export type Door = {
  enter(request: SandboxRequest): { visit: Visit } | { refusal: SandboxResponse };
  leave(visit: Visit, response: SandboxResponse): SandboxResponse;
};

const balancerCookie = 'balancer';

const refused = (status: number, headers: Record<string, string>, body = ''): { refusal: SandboxResponse } => ({
  refusal: {
    status,
    headers: { ...htmlHeaders, 'x-ausername': 'anonymous', ...headers },
    body,
    note: { kind: 'login' },
  },
});

/** Makes the door of one product. */
export const createDoor = (deps: {
  accounts: Accounts;
  sessions: Sessions;
  credentials: Credentials;
  clock: Clock;
  loginPage: string;
  options: () => AtlassianOptions;
}): Door => {
  const { accounts, sessions, credentials, options } = deps;
  const meter = createRateLimit(deps.clock);
  const metered = new WeakMap<Visit, Record<string, string>>();
  let turns = 0;

  const nodeOf = (request: SandboxRequest): number => {
    const { nodes } = options();
    const sticky = Number(request.cookies.get(balancerCookie));
    if (Number.isInteger(sticky) && sticky >= 1 && sticky <= nodes) return sticky;
    turns += 1;
    return (turns % nodes) + 1;
  };

  const visitOf = (request: SandboxRequest, via: Visit['via'], session: Session): Visit => {
    const account = session.accountKey === null ? null : (accounts.byKey(session.accountKey) ?? null);
    const xsrf = request.cookies.get(xsrfCookie) ?? `${session.node}_${randomBytes(16).toString('hex')}`;
    return { request, account, session, via: account === null ? 'nobody' : via, xsrf };
  };

  const byBasic = (request: SandboxRequest, coded: string, node: number) => {
    const text = Buffer.from(coded, 'base64').toString('utf8');
    const at = text.indexOf(':');
    if (!takesBasic(options())) return refused(403, {}, 'Basic Authentication has been disabled on this instance.');
    const tried = credentials.tryPassword(text.slice(0, at), text.slice(at + 1));
    if (tried === 'captcha') {
      return refused(403, {
        'x-authentication-denied-reason': `CAPTCHA_CHALLENGE; login-url=${request.url.origin}${deps.loginPage}`,
        'x-seraph-loginreason': 'AUTHENTICATION_DENIED',
      });
    }
    if (tried === 'refused') return refused(401, { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' });
    return { visit: visitOf(request, 'basic', sessions.open(tried.as.key, node)) };
  };

  const whoever = (request: SandboxRequest) => {
    const node = nodeOf(request);
    const [scheme = '', coded = ''] = (request.headers.authorization ?? '').split(' ');
    if (scheme.toLowerCase() === 'basic') return byBasic(request, coded, node);
    if (scheme.toLowerCase() === 'bearer') {
      // A token that is not known is nobody's; the request goes on.
      const owner = credentials.tokenOwner(coded);
      return { visit: visitOf(request, 'token', { ...sessions.open(null, node), accountKey: owner?.key ?? null }) };
    }
    const held = sessions.find(request.cookies.get('JSESSIONID') ?? '', node);
    return { visit: visitOf(request, 'session', held ?? sessions.open(null, node)) };
  };

  return {
    enter(request) {
      const entered = whoever(request);
      if ('refusal' in entered) return { refusal: dressed(options(), '', entered.refusal) };
      const { visit } = entered;
      const looksLikeBrowser =
        visit.via === 'session' && request.headers.referer !== undefined && request.cookies.has(xsrfCookie);
      if (visit.account === null || looksLikeBrowser) return entered;
      const { passes, headers } = meter(`${visit.session.node} ${visit.account.key}`, options());
      metered.set(visit, headers);
      if (passes) return entered;
      const json = (request.headers.accept ?? '').includes('application/json');
      return {
        refusal: {
          status: 429,
          headers: { ...headers, 'content-type': json ? 'application/json' : 'text/html;charset=UTF-8' },
          body: json ? '{"message":"Rate limit exceeded."}' : '<html><body>Rate limit exceeded.</body></html>',
          note: { kind: 'other' },
        },
      };
    },
    leave(visit, response) {
      const { request, session, via, account } = visit;
      const cookies: string[] = [];
      const keepsSession = via !== 'token' && session.id !== request.cookies.get('JSESSIONID');
      if (keepsSession) cookies.push(`JSESSIONID=${session.id}; Path=/; HttpOnly`);
      if (via !== 'token' && request.cookies.get(xsrfCookie) !== visit.xsrf) {
        cookies.push(`${xsrfCookie}=${visit.xsrf}; Path=/`);
      }
      if (options().nodes > 1 && !request.cookies.has(balancerCookie)) {
        cookies.push(`${balancerCookie}=${session.node}; Path=/`);
      }
      return dressed(options(), session.id, {
        ...response,
        headers: {
          'x-anodeid': `node${session.node}`,
          'x-ausername': account === null ? 'anonymous' : encodeURIComponent(account.username),
          ...(account === null ? {} : { 'x-seraph-loginreason': 'OK' }),
          ...metered.get(visit),
          ...response.headers,
          ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
        },
      });
    },
  };
};
