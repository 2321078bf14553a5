import { z } from 'zod';
import { leaverSpans } from '../../../core/people/leavers.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import { type LeaverKey, type ListedLeaver, listLeavers } from '../../../ledger/leavers/list.ts';
import { opaqueCursor, pageOf } from '../../cursor.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { LeaverKindWire, LeaverPageWire, type LeaverWire } from '../../schemas/leavers.ts';
import { namesFor } from '../../views/labels.ts';

const Cursor = opaqueCursor(z.tuple([z.string(), z.string()])).transform(
  ([target, person]): LeaverKey => ({ target, person }),
);

const Query = z.strictObject({
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  target: z.string().optional(),
  kind: LeaverKindWire.optional(),
});

/** Lists who has left, since when, and until when their values stay. */
export const leaverRoutes = (app: Api, { ledger, config }: ApiParts): void => {
  app.get(
    '/api/connectors/:id/leavers',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'listLeavers',
        summary: 'Who has left, and what happens to their values and when',
        params: z.object({ id: z.string() }),
        querystring: Query,
        response: answers({ 200: LeaverPageWire }),
      },
    },
    async (request) => {
      const { connector, definition } = await namedConnector(ledger, request.params.id);
      const { cursor, limit, target, kind } = request.query;
      const spans = leaverSpans(config.readDefinition(definition).connector.leavers);
      const found = await listLeavers(ledger, connector, spans, {
        after: cursor ?? null,
        limit: limit + 1,
        target: target ?? null,
        kind: kind ?? null,
      });
      const { page, next } = pageOf(found, limit, (one) => [one.target, one.person]);
      const { called } = await namesFor(ledger, request, { id: connector, connector }, page);
      return {
        leavers: page.map(({ since, clearAt, clearedAt, ...one }) => ({
          ...one,
          ...called(one),
          since: since.toISOString(),
          state: stateOf({ clearAt, clearedAt }),
          clearAt: clearAt?.toISOString() ?? null,
          clearedAt: clearedAt?.toISOString() ?? null,
        })),
        next,
      };
    },
  );
};

const stateOf = ({ clearAt, clearedAt }: Pick<ListedLeaver, 'clearAt' | 'clearedAt'>): LeaverWire['state'] => {
  if (clearedAt !== null) return 'cleared';
  if (clearAt === null) return 'kept';
  return clearAt.getTime() <= Date.now() ? 'due' : 'waiting';
};
