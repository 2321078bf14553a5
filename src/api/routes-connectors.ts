import { z } from 'zod';
import { Failure } from '../core/failure.ts';
import { type ConnectorVersion, currentConnector, listConnectors } from '../ledger/connectors.ts';
import { type Api, type ApiParts, answers } from './parts.ts';
import { ConnectorListWire, ConnectorWire } from './wire.ts';

/** Shows the configured connectors. */
export const connectorRoutes = (app: Api, { ledger }: ApiParts): void => {
  app.get(
    '/api/connectors',
    {
      config: { can: 'read' },
      schema: { summary: 'All connectors', response: answers({ 200: ConnectorListWire }) },
    },
    async () => ({ connectors: (await listConnectors(ledger)).map(summary) }),
  );

  app.get(
    '/api/connectors/:id',
    {
      config: { can: 'read' },
      schema: {
        summary: 'One connector with its definition; the ETag is its version',
        params: z.object({ id: z.string() }),
        response: answers({ 200: ConnectorWire }),
      },
    },
    async (request, reply) => {
      const connector = await currentConnector(ledger, request.params.id);
      if (connector === null) {
        throw new Failure('notFound', 'There is no connector of that id.', { remedy: 'See GET /api/connectors.' });
      }
      return reply.header('etag', `"${connector.version}"`).send({
        ...summary(connector),
        definition: z.record(z.string(), z.json()).parse(connector.definition),
      });
    },
  );
};

const summary = (connector: ConnectorVersion) => ({
  id: connector.connector,
  version: connector.version,
  managedBy: connector.managedBy,
  changedBy: connector.createdBy,
  changedAt: connector.createdAt.toISOString(),
  comment: connector.comment,
});
