import { z } from 'zod';
import { differencesOf } from '../../../config/differences.ts';
import { exportDocument } from '../../../config/export-document.ts';
import type { ReadDocument } from '../../../config/open-config.ts';
import { storedOf } from '../../../config/open-config.ts';
import { clearingOrphans, mappedAttributes, type Orphan } from '../../../config/orphans.ts';
import { type Document, definitionOf } from '../../../config/schema/document.ts';
import { storeDocument } from '../../../config/store-document.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { currentConnector, listConnectors } from '../../../ledger/connectors.ts';
import { countOurValues } from '../../../ledger/links/orphans.ts';
import type { Ledger } from '../../../ledger/open.ts';
import { mustMayConnect } from '../../may-connect.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { sendProblem } from '../../problem.ts';
import { AppliedWire, DiffWire, DocumentWire } from '../../schemas/document.ts';
import { Data } from '../../schemas/json.ts';
import { asErrors, follow, problemView } from '../../views/connector.ts';
import { documentLimit } from '../connectors/edit.ts';

/** The whole configuration as one document: the current one, what another one would change, and storing it. */
export const documentRoutes = (app: Api, { ledger, config, configured }: ApiParts): void => {
  app.get(
    '/api/document',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'getDocument',
        summary: 'All connectors as one document',
        response: answers({ 200: DocumentWire }),
      },
    },
    async () => {
      const { document, leftOut } = exportDocument(await listConnectors(ledger), config.readDefinition);
      return { document: Data.parse(document), leftOut };
    },
  );

  app.put(
    '/api/document',
    {
      config: { can: 'configure' },
      bodyLimit: documentLimit,
      schema: {
        operationId: 'storeDocument',
        summary: 'Store every connector of a document as its next version; other connectors are kept',
        body: z.strictObject({
          document: Data,
          comment: z.string().trim().min(1).max(500).nullish(),
          clearRemoved: z
            .boolean()
            .default(false)
            .describe('add rows that clear the values removed rows have left behind'),
        }),
        response: answers({ 200: AppliedWire }),
      },
    },
    async (request, reply) => {
      const { who } = request;
      const { comment, clearRemoved } = request.body;
      const { document, problems } = await config.readPlain(request.body.document);
      if (document === null) return refused(reply, problems);
      await mustMayConnect({ ledger, config }, request, document);
      const orphans = clearRemoved ? await orphansOf(ledger, document) : new Map<string, readonly Orphan[]>();
      const storing = { who, comment: comment ?? null, managedBy: 'api' } as const;
      const { connectors } = await storeDocument(ledger, clearingOrphans(document, orphans), storing);
      for (const { id, version } of connectors.filter(({ is }) => is === 'new' || is === 'changed')) {
        await audit(ledger, { who, action: 'connector.store', subject: `${id}@${version}`, comment: comment ?? null });
      }
      await follow(
        { configured },
        connectors.map(({ id }) => id),
        request.log,
      );
      const cleared = [...orphans].flatMap(([connector, some]) => some.map((one) => ({ connector, ...one })));
      return { connectors: [...connectors], cleared, warnings: problems.map(problemView) };
    },
  );

  app.post(
    '/api/document/diff',
    {
      config: { can: 'configure' },
      bodyLimit: documentLimit,
      schema: {
        operationId: 'compareDocument',
        summary: 'How a document differs from what is stored, and the values its removed rows leave behind',
        body: z.strictObject({ document: Data }),
        response: answers({ 200: DiffWire }),
      },
    },
    async (request, reply) => {
      const { document, problems } = await config.readPlain(request.body.document);
      if (document === null) return refused(reply, problems);
      const orphans = await orphansOf(ledger, document);
      const connectors = await Promise.all(
        document.connectors.map(async ({ id }) => {
          const stored = await currentConnector(ledger, id);
          const definition = definitionOf(document, id);
          const after = definition === null ? null : storedOf(definition);
          return {
            id,
            version: stored?.version ?? null,
            differences: [...differencesOf(stored?.definition ?? null, after)],
            orphans: [...(orphans.get(id) ?? [])],
          };
        }),
      );
      return DiffWire.parse({ connectors });
    },
  );
};

const orphansOf = async (ledger: Ledger, document: Document): Promise<ReadonlyMap<string, readonly Orphan[]>> => {
  const all = new Map<string, readonly Orphan[]>();
  for (const connector of document.connectors) {
    const mapped = mappedAttributes(connector);
    const orphans: Orphan[] = [];
    for (const [target, counts] of await countOurValues(ledger, connector.id)) {
      for (const [attribute, people] of counts) {
        if (!mapped.get(target)?.has(attribute)) orphans.push({ target, attribute, people });
      }
    }
    all.set(connector.id, orphans);
  }
  return all;
};

const refused = (reply: Parameters<typeof sendProblem>[0], problems: ReadDocument['problems']) =>
  sendProblem(reply, 'config', 'The document cannot be used: see errors for each part that is wrong.', {
    errors: asErrors(problems),
  });
