import { z } from 'zod';
import { namedConnector } from '../../../ledger/connectors.ts';
import { lastCoverage } from '../../../ledger/runs/coverage.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { CoverageWire } from '../../schemas/overview.ts';
import { coverageView } from '../../views/coverage.ts';

/** Shows how far the attributes of a connector's targets are filled. */
export const coverageRoutes = (app: Api, { ledger }: ApiParts): void => {
  app.get(
    '/api/connectors/:id/coverage',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'getCoverage',
        summary: 'How many people get a value for each attribute at each target, and which attributes are empty',
        params: z.object({ id: z.string() }),
        response: answers({ 200: CoverageWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      return coverageView(await lastCoverage(ledger, connector));
    },
  );
};
