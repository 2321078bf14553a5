import { z } from 'zod';
import { outcomes } from '../../../core/report/outcome.ts';
import { toldReason } from '../../../core/report/reasons.ts';
import { listOutcomes, type OutcomeKey, reasonCounts } from '../../../ledger/runs/outcomes.ts';
import { opaqueCursor, pageOf } from '../../cursor.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { ReasonCountsWire } from '../../schemas/plans.ts';
import { OutcomePageWire } from '../../schemas/run-lists.ts';
import { namesFor } from '../../views/labels.ts';
import { namedRun } from '../../views/run.ts';

const Cursor = opaqueCursor(z.tuple([z.enum(outcomes), z.string(), z.string()])).transform(
  ([outcome, target, person]): OutcomeKey => ({
    outcome: outcome === 'unchanged' ? 'skipped' : outcome,
    target,
    person,
  }),
);

const Query = z.strictObject({
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  target: z.string().optional(),
  outcome: z.enum(outcomes).optional(),
  reason: z.string().optional(),
});

/** Shows how each person of a run ended and why; unchanged people are only counted in the report. */
export const outcomeRoutes = (app: Api, { ledger }: ApiParts): void => {
  app.get(
    '/api/runs/:id/outcomes',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'listOutcomes',
        summary:
          'How each person of a run ended and why, those who need attention first; unchanged people are only counted',
        params: z.object({ id: z.string() }),
        querystring: Query,
        response: answers({ 200: OutcomePageWire }),
      },
    },
    async (request) => {
      const run = await namedRun(ledger, request.params.id);
      const { cursor, limit, target, outcome, reason } = request.query;
      const found = await listOutcomes(ledger, run.id, {
        after: cursor ?? null,
        limit: limit + 1,
        target: target ?? null,
        outcome: outcome ?? null,
        reason: reason ?? null,
      });
      const { page, next } = pageOf(found, limit, (one) => [one.outcome, one.target, one.person]);
      const others = page.flatMap(({ facts }) => facts.people ?? []);
      const { called, names } = await namesFor(ledger, request, run, page, others);
      return {
        outcomes: page.map((one) => ({ ...one, ...toldReason(one), ...called(one) })),
        names,
        next,
      };
    },
  );

  app.get(
    '/api/runs/:id/reasons',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'countReasons',
        summary: 'Why people of a run ended as they did, counted, each with what can be done about it',
        params: z.object({ id: z.string() }),
        response: answers({ 200: ReasonCountsWire }),
      },
    },
    async (request) => {
      const run = await namedRun(ledger, request.params.id);
      const found = await reasonCounts(ledger, run.id);
      return {
        reasons: found.map(({ said, ...one }) => ({
          ...one,
          ...toldReason({ reason: one.reason, facts: said === null ? {} : { said } }),
        })),
      };
    },
  );
};
