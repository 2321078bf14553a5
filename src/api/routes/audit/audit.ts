import { z } from 'zod';
import { listAudit } from '../../../ledger/access/audit.ts';
import { opaqueCursor, pageOf } from '../../cursor.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { AuditPageWire } from '../../schemas/audit.ts';

const Query = z.strictObject({
  cursor: opaqueCursor(z.tuple([z.string().regex(/^\d{1,15}$/)])).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  who: z.string().optional().describe('the name of a token'),
  action: z.string().optional().describe('an action, or all of a kind: run.approve, run'),
  subject: z.string().optional().describe('a run, a connector, a token, or a part of one'),
});

/** Shows who did what. */
export const auditRoutes = (app: Api, { ledger }: ApiParts): void => {
  app.get(
    '/api/audit',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'listAudit',
        summary: 'Who did what, newest first; people in the directory are named by id',
        querystring: Query,
        response: answers({ 200: AuditPageWire }),
      },
    },
    async (request) => {
      const { cursor, limit, ...filter } = request.query;
      const found = await listAudit(ledger, limit + 1, {
        before: cursor === undefined ? null : Number(cursor[0]),
        who: filter.who ?? null,
        action: filter.action ?? null,
        subject: filter.subject ?? null,
      });
      const { page, next } = pageOf(found, limit, ({ id }) => [String(id)]);
      return { entries: page.map(({ id: _id, at, ...entry }) => ({ ...entry, at: at.toISOString() })), next };
    },
  );
};
