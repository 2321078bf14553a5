import { z } from 'zod';
import { type Api, type ApiParts, answers } from '../parts.ts';
import { sendProblem } from '../problem.ts';
import { unreadyParts } from '../readiness.ts';

/** Tells an orchestrator whether the process lives and whether everything it needs answers; open to all, and says no more. */
export const healthRoutes = (app: Api, { ready }: ApiParts): void => {
  app.get(
    '/healthz',
    {
      config: { can: 'open' },
      schema: {
        operationId: 'getHealth',
        summary: 'The process is alive',
        response: { 200: z.object({ ok: z.literal(true) }) },
      },
    },
    async () => ({ ok: true as const }),
  );

  const ask = shared(async () => [...(await unreadyParts(ready))].map(([name, problem]) => `the ${name} ${problem}`));
  app.get(
    '/readyz',
    {
      config: { can: 'open' },
      schema: {
        operationId: 'getReadiness',
        summary: 'Whether all parts answer, and which do not',
        response: answers({ 200: z.object({ ok: z.literal(true), parts: z.array(z.string()) }) }),
      },
    },
    async (_request, reply) => {
      const unready = await ask();
      if (unready.length > 0) return sendProblem(reply, 'unavailable', `Not ready: ${unready.join('; ')}.`);
      return { ok: true as const, parts: Object.keys(ready) };
    },
  );
};

/** Any number of callers at once costs the parts one question: this address is open to all. */
const shared = <Result>(ask: () => Promise<Result>): (() => Promise<Result>) => {
  let current: Promise<Result> | null = null;
  return () => {
    current ??= ask().finally(() => {
      current = null;
    });
    return current;
  };
};
