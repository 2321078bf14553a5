import { z } from 'zod';
import { auditLook } from '../../../ledger/access/audit.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { SourceAttributesWire } from '../../schemas/connectors.ts';

const params = z.object({ id: z.string() });

/** Shows what a source offers, to choose from. */
export const sourceAttributeRoutes = (app: Api, { ledger, starter }: ApiParts): void => {
  app.get(
    '/api/connectors/:id/source-attributes',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'listSourceAttributes',
        summary: 'The attributes the source offers, each with an example if the token may see values',
        params,
        response: answers({ 200: SourceAttributesWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      const answer = await starter.ask({ question: 'sourceAttributes', connector, about: {} });
      const offered = SourceAttributesWire.parse({ attributes: answer });
      if (!request.may.includes('values')) {
        return { attributes: offered.attributes.map((one) => ({ ...one, example: null })) };
      }
      await auditLook(ledger, { who: request.who, action: 'attributes.read', subject: connector });
      return offered;
    },
  );
};
