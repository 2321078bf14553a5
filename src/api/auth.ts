import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Ability } from '../core/abilities.ts';
import { sessionOf } from '../ledger/access/sessions.ts';
import { authenticate, type Token } from '../ledger/access/tokens.ts';
import type { Ledger } from '../ledger/open.ts';
import { sendProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a token must be allowed to do to call this route; `open` routes need none. */
    can?: Ability | 'open';
  }
  interface FastifyRequest {
    /** The name of the token the request came with, empty on open routes. */
    who: string;
    /** What that token may do. */
    may: readonly Ability[];
    /** The secret of the browser's session the request came with; null for one that came with the token itself. */
    session: string | null;
  }
}

/**
 * The cookie of a browser's session. RFC 6265bis, 4.1.3.2: `__Host-` binds it to this very host, over https or loopback.
 */
export const sessionCookie = '__Host-attune';

/** Lets no request pass without a token that may do what the route is for. A route that declares nothing cannot be registered. */
export const requireTokens = (app: FastifyInstance, ledger: Ledger): void => {
  app.decorateRequest('who', '');
  app.decorateRequest('may');
  app.decorateRequest('session', null);
  app.addHook('onRoute', (route) => {
    if (route.config?.can === undefined) throw new Error(`route ${route.url} does not say who may call it`);
  });
  app.addHook('onRequest', async (request, reply) => {
    const { can } = request.routeOptions.config;
    if (can === 'open') return;
    const token = await tokenOf(ledger, request, true);
    if (token === null) {
      request.log[asksWhetherSignedIn(request) ? 'debug' : 'warn'](
        {
          from: request.ip,
          route: request.routeOptions.url,
          given: request.headers.authorization !== undefined || request.session !== null,
        },
        'a call without a valid token',
      );
      return sendProblem(
        reply,
        'unauthenticated',
        "Send 'Authorization: Bearer <token>' with a token made by 'attune token add', or sign in to the console.",
      );
    }
    if (request.session !== null && !isOwnPage(request)) return refuseForeignPage(reply);
    if (can !== undefined && !token.can.includes(can)) {
      request.log.warn(
        { who: token.name, route: request.routeOptions.url, lacks: can },
        'a call that its token does not allow',
      );
      return sendProblem(
        reply,
        'forbidden',
        `The token '${token.name}' lacks the ability '${can}': use a token made with --can ${can}.`,
      );
    }
    request.who = token.name;
    request.may = token.can;
  });
};

/** What a page of the console asks before anything else: that nobody is signed in yet, or any more, is an answer to it. */
const asksWhetherSignedIn = ({ method, headers, routeOptions }: FastifyRequest): boolean =>
  method === 'GET' && routeOptions.url === '/api/session' && headers.authorization === undefined;

/** Whether the credentials of a request are still valid: checked repeatedly while a stream is open. */
export const stillSignedIn = async (ledger: Ledger, request: FastifyRequest): Promise<boolean> =>
  (await tokenOf(ledger, request, false)) !== null;

/** `use` counts the look as a request of the session's browser. */
const tokenOf = async (ledger: Ledger, request: FastifyRequest, use: boolean): Promise<Token | null> => {
  if (request.headers.authorization !== undefined) {
    const text = bearer(request);
    return text === null ? null : authenticate(ledger, text);
  }
  const secret = request.cookies[sessionCookie];
  if (secret === undefined) return null;
  request.session = secret;
  return (await sessionOf(ledger, secret, use))?.token ?? null;
};

/** RFC 6750, 2.1: the scheme's name in any case, one space, the token. */
const bearer = (request: FastifyRequest): string | null =>
  /^bearer ([\w~.+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;

/** Fetch Metadata: a browser itself says whose page sent a request; a cookie alone may change nothing. */
export const isOwnPage = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' || method === 'HEAD' || headers['sec-fetch-site'] === 'same-origin';

/** The answer to a request by cookie that no page of the console has sent. */
export const refuseForeignPage = (reply: FastifyReply): FastifyReply =>
  sendProblem(
    reply,
    'forbidden',
    "A browser signed in to the console can make changes only from the console's own pages (Sec-Fetch-Site: same-origin); programs must send a token.",
  );
