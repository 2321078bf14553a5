import { setTimeout as sleep } from 'node:timers/promises';
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

  const ask = shared(() => unreadyParts(ready));
  app.get(
    '/readyz',
    {
      config: { can: 'open' },
      schema: {
        operationId: 'getReadiness',
        summary: 'All parts answer, or which do not',
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

/** Whoever asks gets the answer within two seconds, whatever the parts do. */
const withinMs = 1_800;

const unreadyParts = async (ready: ApiParts['ready']): Promise<string[]> => {
  const parts = await Promise.all(
    Object.entries(ready).map(async ([name, check]) => {
      const silent = sleep(withinMs, 'does not answer in time', { ref: false });
      const problem = await Promise.race([check().catch(() => 'does not answer'), silent]);
      return problem === null ? null : `the ${name} ${problem}`;
    }),
  );
  return parts.filter((part) => part !== null);
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
