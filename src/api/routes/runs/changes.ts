import { z } from 'zod';
import { auditLook } from '../../../ledger/access/audit.ts';
import { type ChangeKey, changeEffects, countChanges, listChanges } from '../../../ledger/plan/change-list.ts';
import { opaqueCursor, pageOf } from '../../cursor.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { ChangePageWire } from '../../schemas/run-lists.ts';
import { openNames } from '../../views/labels.ts';
import { namedRun } from '../../views/run.ts';

const Cursor = opaqueCursor(z.tuple([z.string(), z.string(), z.string()])).transform(
  ([target, person, attribute]): ChangeKey => ({ target, person, attribute }),
);

const Query = z.strictObject({
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  target: z.string().optional(),
  status: z.string().optional(),
  person: z.string().optional(),
  attribute: z.string().optional(),
  kind: z.enum(changeEffects).optional().describe('filled: was empty; replaced; cleared: will be empty'),
  foreign: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .optional()
    .describe('values of others, or our own'),
});

/** Shows what a run changed, or would change, value by value. Who looked is recorded. */
export const changeRoutes = (app: Api, { ledger }: ApiParts): void => {
  app.get(
    '/api/runs/:id/changes',
    {
      config: { can: 'values' },
      schema: {
        operationId: 'listChanges',
        summary: 'The changes of a run, with their values',
        params: z.object({ id: z.string() }),
        querystring: Query,
        response: answers({ 200: ChangePageWire }),
      },
    },
    async (request) => {
      const run = await namedRun(ledger, request.params.id);
      const { cursor, limit, ...filter } = request.query;
      await auditLook(ledger, { who: request.who, action: 'changes.read', subject: run.id });
      const found = await listChanges(ledger, run.id, { ...filter, after: cursor ?? null, limit: limit + 1 });
      const { page, next } = pageOf(found, limit, (one) => [one.target, one.person, one.attribute]);
      const { called } = await openNames(ledger, run.connector, page);
      return {
        changes: page.map((one) => ({ ...one, ...called(one) })),
        ...(cursor === undefined ? { total: await countChanges(ledger, run.id, filter) } : {}),
        next,
      };
    },
  );
};
