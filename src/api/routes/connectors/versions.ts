import { z } from 'zod';
import { storeDocument } from '../../../config/store-document.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { connectorVersions, handOver, namedConnector, namedVersion } from '../../../ledger/connectors.ts';
import { mustMayConnect } from '../../may-connect.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { sendProblem } from '../../problem.ts';
import { ConnectorWire, VersionListWire } from '../../schemas/connectors.ts';
import { asErrors, connectorView, follow } from '../../views/connector.ts';

const params = z.object({ id: z.string() });

/** PostgreSQL's integer. */
const largestVersion = 2_147_483_647;

/** The history of a connector: its versions, a way back to one, and where it is edited. */
export const versionRoutes = (app: Api, { ledger, config, configured }: ApiParts): void => {
  app.get(
    '/api/connectors/:id/versions',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'listVersions',
        summary: 'All versions, newest first',
        params,
        response: answers({ 200: VersionListWire }),
      },
    },
    async (request) => {
      const { connector } = await namedConnector(ledger, request.params.id);
      const versions = await connectorVersions(ledger, connector);
      return {
        versions: versions.map(({ version, createdBy: by, createdAt, comment }) => {
          return { version, by, at: createdAt.toISOString(), comment };
        }),
      };
    },
  );

  app.get(
    '/api/connectors/:id/versions/:version',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'getVersion',
        summary: 'One version with its definition',
        params: z.object({ id: z.string(), version: z.coerce.number().int().positive().max(largestVersion) }),
        response: answers({ 200: ConnectorWire }),
      },
    },
    async (request) => connectorView(await namedVersion(ledger, request.params.id, request.params.version)),
  );

  app.post(
    '/api/connectors/:id/rollback',
    {
      config: { can: 'configure' },
      schema: {
        operationId: 'rollBackConnector',
        summary: 'Store an earlier version again as the newest',
        params,
        body: z.strictObject({
          to: z.int().positive().max(largestVersion),
          comment: z.string().trim().min(1).max(500).nullish(),
        }),
        response: answers({ 200: ConnectorWire }),
      },
    },
    async (request, reply) => {
      const { who } = request;
      const { id } = request.params;
      const { to, comment } = request.body;
      const { definition } = await namedVersion(ledger, id, to);
      // What an earlier release let pass is not brought back.
      const { document, problems } = await config.readPlain({
        targets: definition.targets,
        connectors: [definition.connector],
      });
      if (document === null) {
        const detail = `Version ${to} cannot be brought back: see errors for each part that is wrong.`;
        return sendProblem(reply, 'config', detail, { errors: asErrors(problems) });
      }
      await mustMayConnect({ ledger, config }, request, document);
      const storing = { who, comment: comment ?? `back to version ${to}`, managedBy: 'api' } as const;
      await storeDocument(ledger, document, storing);
      const stored = await namedConnector(ledger, id);
      await audit(ledger, { who, action: 'connector.rollback', subject: `${id}@${stored.version}` });
      await follow({ configured }, [id], request.log);
      return connectorView(stored);
    },
  );

  app.post(
    '/api/connectors/:id/import',
    {
      config: { can: 'configure' },
      schema: {
        operationId: 'importConnector',
        summary: 'Make a connector from the file editable through the API, or return it to the file',
        params,
        body: z.strictObject({ to: z.enum(['api', 'file']) }),
        response: answers({ 200: ConnectorWire }),
      },
    },
    async (request) => {
      const { who } = request;
      const { id } = request.params;
      await namedConnector(ledger, id);
      await handOver(ledger, id, request.body.to);
      await audit(ledger, { who, action: `connector.import.${request.body.to}`, subject: id });
      return connectorView(await namedConnector(ledger, id));
    },
  );
};
