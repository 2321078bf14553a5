import { z } from 'zod';
import { differencesOf } from '../../../config/differences.ts';
import { namedVersion } from '../../../ledger/connectors.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { VersionDiffWire } from '../../schemas/connectors.ts';

const version = z.coerce.number().int().positive().max(2_147_483_647);

/** Compares two versions of a connector. */
export const diffRoutes = (app: Api, { ledger }: ApiParts): void => {
  app.get(
    '/api/connectors/:id/versions/:version/diff/:other',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'compareVersions',
        summary: 'How one version differs from another, row by row, including lookup tables',
        params: z.object({ id: z.string(), version, other: version }),
        response: answers({ 200: VersionDiffWire }),
      },
    },
    async (request) => {
      const { id, version: from, other: to } = request.params;
      const before = await namedVersion(ledger, id, from);
      const after = await namedVersion(ledger, id, to);
      const found = differencesOf(before.definition, after.definition);
      return { connector: before.connector, from, to, differences: [...found] };
    },
  );
};
