import { z } from 'zod';
import { Failure } from '../../../core/failure.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { type Run, rejectPlan } from '../../../ledger/runs/runs.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { namedRun, runSummary } from '../../run-view.ts';
import { RunSummaryWire, StartedWire } from '../../schemas/runs.ts';

const params = z.object({ id: z.string() });

/** Decides over a run: let its held plan through, turn it down, or end it while it goes on. */
export const decideRoutes = (app: Api, { ledger, starter }: ApiParts): void => {
  app.post(
    '/api/runs/:id/approve',
    {
      config: { can: 'approve' },
      schema: {
        operationId: 'approveRun',
        summary: 'Apply a held plan',
        params,
        response: answers({ 202: StartedWire }),
      },
    },
    async (request, reply) => {
      const { who } = request;
      const run = await namedRun(ledger, request.params.id);
      mustBeHeld(run);
      await audit(ledger, { who, action: 'run.approve', subject: run.id });
      const started = await starter.startApplyPlan({ run: run.id, who });
      return reply
        .code(202)
        .header('location', `/api/runs/${encodeURIComponent(started.run)}`)
        .send({ run: started.run, workflowId: started.workflowId });
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
        response: answers({ 200: RunSummaryWire }),
      },
    },
    async (request) => {
      const { who } = request;
      const run = await namedRun(ledger, request.params.id);
      if (!(await rejectPlan(ledger, run.id))) throw notHeld(run);
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
      if (run.status !== 'running') {
        throw new Failure('conflict', `The run has ended as '${run.status}': there is nothing to cancel.`);
      }
      await audit(ledger, { who, action: 'run.cancel', subject: run.id });
      await starter.cancel(run.id);
      return reply.code(202).send(runSummary(await namedRun(ledger, run.id)));
    },
  );
};

const mustBeHeld = (run: Run): void => {
  if (run.status !== 'awaitingApproval' && run.status !== 'planned') throw notHeld(run);
  if (run.planExpiresAt !== null && run.planExpiresAt.getTime() <= Date.now()) {
    throw new Failure('conflict', 'The plan of this run has expired.', { remedy: 'Start a new run.' });
  }
};

const notHeld = (run: Run): Failure =>
  new Failure('conflict', `The run is '${run.status}' and holds no plan to decide over.`, {
    remedy: "Only runs that are 'awaitingApproval' or 'planned' do.",
  });
