import { z } from 'zod';
import { auditLook } from '../../../ledger/access/audit.ts';
import { changeKinds, newValues } from '../../../ledger/plan/change-kinds.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { ChangeKindsWire, PlanWire } from '../../schemas/plans.ts';
import { AttributeIdWire } from '../../schemas/runs.ts';
import { planView } from '../../views/plan.ts';
import { namedRun } from '../../views/run.ts';

/** Shows the plan of a run as needed for a decision: what, why, how much, and of what kinds. */
export const planRoutes = (app: Api, { ledger, config }: ApiParts): void => {
  app.get(
    '/api/runs/:id/plan',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'getPlan',
        summary: 'The plan of a run: its likely cause, every figure and its limit, its attributes, and a forecast',
        params: z.object({ id: z.string() }),
        response: answers({ 200: PlanWire }),
      },
    },
    async (request, reply) => {
      const run = await namedRun(ledger, request.params.id);
      if (run.planDigest !== null) reply.header('etag', `"${run.planDigest}"`);
      return planView(ledger, run, Date.now(), config.requestsAt);
    },
  );

  app.get(
    '/api/runs/:id/changes/kinds',
    {
      config: { can: 'values' },
      schema: {
        operationId: 'listChangeKinds',
        summary:
          'The changes of one attribute by value before and after, the most common first, and which values are new',
        params: z.object({ id: z.string() }),
        querystring: z.strictObject({
          target: z.string(),
          attribute: AttributeIdWire,
          limit: z.coerce.number().int().min(1).max(500).default(50),
        }),
        response: answers({ 200: ChangeKindsWire }),
      },
    },
    async (request) => {
      const run = await namedRun(ledger, request.params.id);
      const { limit, ...of } = request.query;
      await auditLook(ledger, { who: request.who, action: 'changes.read', subject: run.id });
      const { kinds, rest } = await changeKinds(ledger, run.id, of, limit);
      return { kinds: [...kinds], rest, newValues: await newValues(ledger, run, of) };
    },
  );
};
