import { z } from 'zod';
import { audit } from '../../../ledger/access/audit.ts';
import { approvePlan, rejectPlan } from '../../../ledger/runs/decisions.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { namedRun, runSummary } from '../../run-view.ts';
import { RunSummaryWire, StartedWire } from '../../schemas/runs.ts';

const params = z.object({ id: z.string() });
const body = z.strictObject({ comment: z.string().trim().min(1).max(500).optional() }).nullish();

/** Decides over a run: let its held plan through, turn it down, or end it while it goes on. */
export const decideRoutes = (app: Api, { ledger, starter }: ApiParts): void => {
  app.post(
    '/api/runs/:id/approve',
    {
      config: { can: 'approve' },
      schema: {
        operationId: 'approveRun',
        summary: 'Let a held plan through: it is applied as soon as its connector is free',
        params,
        body,
        response: answers({ 202: StartedWire }),
      },
    },
    async (request, reply) => {
      const { who } = request;
      const { id, workflowId } = await namedRun(ledger, request.params.id);
      await approvePlan(ledger, { run: id, who, comment: request.body?.comment ?? null });
      await audit(ledger, { who, action: 'run.approve', subject: id });
      // The decision stands from here on: a plan whose workflow could not be started is started by the janitor.
      const started = await starter.startApplyPlan({ run: id }).catch((error: unknown) => {
        const name = error instanceof Error ? error.name : 'unknown';
        request.log.warn({ run: id, error: name }, 'An approved plan was not started yet; a worker starts it.');
        return { run: id, workflowId };
      });
      return reply
        .code(202)
        .header('location', `/api/runs/${encodeURIComponent(id)}`)
        .send({ run: id, workflowId: started.workflowId });
    },
  );

  app.post(
    '/api/runs/:id/reject',
    {
      config: { can: 'approve' },
      schema: {
        operationId: 'rejectRun',
        summary: 'Turn a held plan down for good',
        params,
        body,
        response: answers({ 200: RunSummaryWire }),
      },
    },
    async (request) => {
      const { who } = request;
      const run = await namedRun(ledger, request.params.id);
      await rejectPlan(ledger, { run: run.id, who, comment: request.body?.comment ?? null });
      await audit(ledger, { who, action: 'run.reject', subject: run.id });
      return runSummary(await namedRun(ledger, run.id));
    },
  );

  app.post(
    '/api/runs/:id/cancel',
    {
      config: { can: 'run' },
      schema: {
        operationId: 'cancelRun',
        summary: 'End a running run',
        params,
        response: answers({ 202: RunSummaryWire }),
      },
    },
    async (request, reply) => {
      const { who } = request;
      const run = await namedRun(ledger, request.params.id);
      await starter.cancel({ run: run.id, who });
      await audit(ledger, { who, action: 'run.cancel', subject: run.id });
      return reply.code(202).send(runSummary(await namedRun(ledger, run.id)));
    },
  );
};
