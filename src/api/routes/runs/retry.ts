import { z } from 'zod';
import { Failure } from '../../../core/failure.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import { isUnfinished } from '../../../ledger/runs/ending.ts';
import { leftUndone } from '../../../ledger/runs/failing.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { RunIntentWire, StartedWire } from '../../schemas/runs.ts';
import { namedRun } from '../../views/run.ts';

/** Tries a run's failed and skipped people again, in a separate run that is planned and judged like any other. */
export const retryRoutes = (app: Api, { ledger, starter }: ApiParts): void => {
  app.post(
    '/api/runs/:id/retry',
    {
      config: { can: 'run' },
      schema: {
        operationId: 'retryRun',
        summary: "Try a run's failed and skipped people again, and nobody else",
        params: z.object({ id: z.string() }),
        body: z.strictObject({ intent: RunIntentWire.optional().describe('default: apply') }).nullish(),
        response: answers({ 202: StartedWire }),
      },
    },
    async (request, reply) => {
      const { who } = request;
      const { id, connector, ...run } = await namedRun(ledger, request.params.id);
      await namedConnector(ledger, connector);
      if (isUnfinished(run)) {
        throw new Failure('conflict', `Run ${id} has not ended yet.`, {
          remedy: 'Wait for its report: only then is it known who failed or was skipped.',
        });
      }
      if ((await leftUndone(ledger, id)).length === 0) {
        throw new Failure(
          'conflict',
          `Run ${id} has nobody to try again: nobody failed or was skipped, except those whose changes are held or were left out.`,
        );
      }
      const intent = request.body?.intent ?? 'apply';
      const started = await starter.startFullSync({ connector, mode: 'delta', intent, retryOf: id, who });
      await audit(ledger, { who, action: 'run.retry', subject: started.run, comment: `the people of ${id}` });
      return reply
        .code(202)
        .header('location', `/api/runs/${encodeURIComponent(started.run)}`)
        .send(started);
    },
  );
};
