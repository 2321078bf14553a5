import { z } from 'zod';
import { isUnfinished } from '../../../ledger/runs/ending.ts';
import { listRuns } from '../../../ledger/runs/runs.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { namedRun, runSummary } from '../../run-view.ts';
import { RunListWire, RunWire } from '../../schemas/runs.ts';

/** Shows runs: the newest ones, and one with its report or progress. */
export const runRoutes = (app: Api, parts: ApiParts): void => {
  app.get(
    '/api/runs',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'listRuns',
        summary: 'The newest runs, newest first',
        querystring: z.strictObject({
          connector: z.string().optional(),
          limit: z.coerce.number().int().min(1).max(200).default(20),
        }),
        response: answers({ 200: RunListWire }),
      },
    },
    async (request) => {
      const { connector, limit } = request.query;
      const runs = await listRuns(parts.ledger, { limit, ...(connector === undefined ? {} : { connector }) });
      return { runs: runs.map(runSummary) };
    },
  );

  app.get(
    '/api/runs/:id',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'getRun',
        summary: 'One run, with its progress while it goes on and its report afterwards',
        params: z.object({ id: z.string() }),
        response: answers({ 200: RunWire }),
      },
    },
    async (request) => {
      const run = await namedRun(parts.ledger, request.params.id);
      const progress = isUnfinished(run) ? await parts.progress(run.id) : null;
      return { ...runSummary(run), report: run.report, progress };
    },
  );
};
