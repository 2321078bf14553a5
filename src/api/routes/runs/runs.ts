import { z } from 'zod';
import { isUnfinished } from '../../../ledger/runs/ending.ts';
import { pageOfRuns } from '../../../ledger/runs/run-list.ts';
import { opaqueCursor, pageOf } from '../../cursor.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { RunListWire, RunStatusWire, RunWire } from '../../schemas/runs.ts';
import { namedRun, runSummary } from '../../views/run.ts';

const Moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const one = <T extends z.ZodType>(schema: T) => z.union([z.array(schema), schema.transform((single) => [single])]);

const Query = z.strictObject({
  connector: z.string().optional(),
  status: one(RunStatusWire).default([]).describe('may be given several times'),
  kind: z.enum(['everybody', 'person']).optional(),
  person: z.string().optional().describe('only runs of this person, by source id'),
  since: Moment.optional().describe('started at this time or later'),
  until: Moment.optional().describe('started before this time'),
  cursor: opaqueCursor(z.tuple([z.string()])).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(20),
});

/** Shows runs: page by page from the newest on, and one with its report or progress. */
export const runRoutes = (app: Api, parts: ApiParts): void => {
  app.get(
    '/api/runs',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'listRuns',
        summary: 'Runs, newest first, page by page',
        querystring: Query,
        response: answers({ 200: RunListWire }),
      },
    },
    async (request) => {
      const { connector, status, kind, person, since, until, cursor, limit } = request.query;
      const filter = {
        connector: connector ?? null,
        status,
        kind: kind ?? null,
        person: person ?? null,
        since: since ?? null,
        until: until ?? null,
      };
      const found = await pageOfRuns(parts.ledger, filter, { after: cursor?.[0] ?? null, limit: limit + 1 });
      const { page, next } = pageOf(found, limit, ({ id }) => [id]);
      return { runs: page.map(runSummary), next };
    },
  );

  app.get(
    '/api/runs/:id',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'getRun',
        summary: 'One run, with its progress while it is running and its report afterwards',
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
