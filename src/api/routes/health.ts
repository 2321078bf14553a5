import { z } from 'zod';
import { type Api, type ApiParts, answers } from '../parts.ts';
import { sendProblem } from '../problem.ts';

/** Tells an orchestrator whether the process lives and whether everything it needs answers; open to all, and says no more. */
export const healthRoutes = (app: Api, { ready }: ApiParts): void => {
  app.get(
    '/healthz',
    {
      config: { can: 'open' },
      schema: {
        operationId: 'getHealth',
        summary: 'The process lives',
        response: { 200: z.object({ ok: z.literal(true) }) },
      },
    },
    async () => ({ ok: true as const }),
  );

  app.get(
    '/readyz',
    {
      config: { can: 'open' },
      schema: {
        operationId: 'getReadiness',
        summary: 'All parts answer',
        response: answers({ 200: z.object({ ok: z.literal(true) }) }),
      },
    },
    async (_request, reply) => {
      const parts = Object.entries(ready);
      const results = await Promise.allSettled(parts.map(([, check]) => check()));
      const silent = parts.filter((_, index) => results[index]?.status === 'rejected').map(([name]) => name);
      if (silent.length > 0) return sendProblem(reply, 'unavailable', `No answer from: ${silent.join(', ')}.`);
      return { ok: true as const };
    },
  );
};
