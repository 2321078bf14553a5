import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problem.ts';

/**
 * Refuses requests under a foreign host name: a page of another site can make a browser call this machine under a name
 * of its own (DNS rebinding), and what the browser shows is then that site's.
 */
export const requireHost = (app: FastifyInstance, hosts: ReadonlySet<string>): void => {
  app.addHook('onRequest', async (request, reply) => {
    if (hosts.has(request.hostname.toLowerCase())) return;
    request.log.warn({ from: request.ip }, 'a call with an unknown host name');
    return sendProblem(
      reply,
      'misdirected',
      'This host name is not served here: add it to ATTUNE_HOSTS if it is yours.',
    );
  });
};
