import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problem.ts';

/**
 * Refuses requests with an unknown host name: a page of another site can make a browser call this machine under that
 * site's name (DNS rebinding), and the browser then treats the answers as that site's.
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
