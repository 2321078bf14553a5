import { z } from 'zod';
import { listConnectors, namedConnector } from '../../../ledger/connectors.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { ConnectorListWire, ConnectorWire } from '../../schemas/connectors.ts';
import { connectorSummaryOf, connectorView } from '../../views/connector.ts';

/** Shows the configured connectors. */
export const connectorRoutes = (app: Api, { ledger }: ApiParts): void => {
  app.get(
    '/api/connectors',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'listConnectors',
        summary: 'All connectors',
        response: answers({ 200: ConnectorListWire }),
      },
    },
    async () => ({ connectors: (await listConnectors(ledger)).map(connectorSummaryOf) }),
  );

  app.get(
    '/api/connectors/:id',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'getConnector',
        summary: 'One connector with its definition; the ETag is its version',
        params: z.object({ id: z.string() }),
        response: answers({ 200: ConnectorWire }),
      },
    },
    async (request, reply) => {
      const connector = await namedConnector(ledger, request.params.id);
      return reply.header('etag', `"${connector.version}"`).send(connectorView(connector));
    },
  );
};
