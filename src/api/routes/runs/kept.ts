import { z } from 'zod';
import { isAttributeId } from '../../../core/attribute-id.ts';
import type { AttributeId } from '../../../core/profile.ts';
import { keptReasons } from '../../../core/report/kept.ts';
import { auditLook } from '../../../ledger/access/audit.ts';
import { type KeptKey, listKept } from '../../../ledger/reading/kept.ts';
import { opaqueCursor, pageOf } from '../../cursor.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { KeptPageWire } from '../../schemas/run-lists.ts';
import { openNames } from '../../views/labels.ts';
import { namedRun } from '../../views/run.ts';

const attributeId = z.custom<AttributeId>((id) => typeof id === 'string' && isAttributeId(id));

const Cursor = opaqueCursor(z.tuple([z.string(), z.string(), attributeId, z.enum(keptReasons), z.string()])).transform(
  ([target, person, attribute, reason, digest]): KeptKey => ({ target, person, attribute, reason, digest }),
);

const Query = z.strictObject({
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** Shows the values of the directory that rows of a run kept back. Who looked is recorded. */
export const keptRoutes = (app: Api, { ledger }: ApiParts): void => {
  app.get(
    '/api/runs/:id/kept',
    {
      config: { can: 'values' },
      schema: {
        operationId: 'listKept',
        summary: 'Values of the directory that are not written unchanged, and why',
        params: z.object({ id: z.string() }),
        querystring: Query,
        response: answers({ 200: KeptPageWire }),
      },
    },
    async (request) => {
      const run = await namedRun(ledger, request.params.id);
      const { cursor, limit } = request.query;
      await auditLook(ledger, { who: request.who, action: 'kept.read', subject: run.id });
      const found = await listKept(ledger, run, { after: cursor ?? null, limit: limit + 1 });
      const { page, next } = pageOf(found, limit, (one) => [
        ...[one.target, one.person, one.attribute],
        ...[one.reason, one.digest],
      ]);
      const { called } = await openNames(ledger, run.connector, page);
      const counted = Object.values(run.report?.targets ?? {}).some(({ kept }) => kept.length > 0);
      return {
        kept: page.map(({ digest: _, ...one }) => ({ ...one, ...called(one) })),
        next,
        forgotten: cursor === undefined && found.length === 0 && counted,
      };
    },
  );
};
