import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Ability } from '../core/abilities.ts';
import { authenticate } from '../ledger/access/tokens.ts';
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
  }
}

/** Lets no request pass without a token that may do what the route is for. A route that declares nothing cannot be registered. */
export const requireTokens = (app: FastifyInstance, ledger: Ledger): void => {
  app.decorateRequest('who', '');
  app.decorateRequest('may');
  app.addHook('onRoute', (route) => {
    if (route.config?.can === undefined) throw new Error(`route ${route.url} does not say who may call it`);
  });
  app.addHook('onRequest', async (request, reply) => {
    const { can } = request.routeOptions.config;
    if (can === 'open') return;
    const text = bearer(request);
    const token = text === null ? null : await authenticate(ledger, text);
    if (token === null) {
      return sendProblem(
        reply,
        'unauthenticated',
        "Send 'Authorization: Bearer <token>' with a token made by 'attune token add'.",
      );
    }
    if (can !== undefined && !token.can.includes(can)) {
      return sendProblem(
        reply,
        'forbidden',
        `The token '${token.name}' lacks the ability '${can}': use one made with --can ${can}.`,
      );
    }
    request.who = token.name;
    request.may = token.can;
  });
};

/** RFC 6750, 2.1: the scheme's name in any case, one space, the token. */
const bearer = (request: FastifyRequest): string | null =>
  /^bearer ([\w~.+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
