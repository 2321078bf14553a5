import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { definitionOf } from '../../../config/schema/document.ts';
import { storeDocument } from '../../../config/store-document.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { currentConnector, namedConnector, noConnector } from '../../../ledger/connectors.ts';
import { mustMayConnect } from '../../may-connect.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { sendProblem } from '../../problem.ts';
import { CheckedWire, StoredConnectorWire } from '../../schemas/connectors.ts';
import { JsonWire } from '../../schemas/json.ts';
import { asErrors, connectorView, follow, problemView } from '../../views/connector.ts';

/** A definition with the tables of its lookups inside. */
export const documentLimit = 4 * 1024 * 1024;

const params = z.object({ id: z.string() });
const Definition = z.looseObject({
  connector: z.record(z.string(), JsonWire),
  targets: z.record(z.string(), JsonWire),
});
const Comment = z.string().trim().min(1).max(500).nullish();

/** RFC 9110, 13.1: the version a change is made over; `If-None-Match: *` for a connector that is new. */
const Precondition = z.object({ 'if-match': z.string().optional(), 'if-none-match': z.literal('*').optional() });

/** Edits one connector: checks a definition, and stores it over the version the editor has seen. */
export const editRoutes = (app: Api, { ledger, config, configured }: ApiParts): void => {
  /** The definition of a request, read and checked; its problems are named by places in the request. */
  const read = async (id: string, { connector, targets }: z.infer<typeof Definition>) => {
    const { document, problems } = await config.readPlain({ targets, connectors: [connector] });
    const placed = problems.map((one) => ({ ...one, path: one.path.replace(/^connectors\[0\]/, 'connector') }));
    if (connector.id !== id) {
      const message = `This differs from the id in the address, ${id}.`;
      placed.unshift({ severity: 'error', path: 'connector.id', message, remedy: 'A connector keeps its id.' });
    }
    const usable = placed.every(({ severity }) => severity !== 'error');
    return { document: usable ? document : null, problems: placed };
  };

  app.put(
    '/api/connectors/:id',
    {
      config: { can: 'configure' },
      bodyLimit: documentLimit,
      schema: {
        operationId: 'storeConnector',
        summary: 'Store a definition as the next version after the one named in If-Match',
        params,
        headers: Precondition,
        body: z.strictObject({ definition: Definition, comment: Comment }),
        response: answers({ 200: StoredConnectorWire, 201: StoredConnectorWire }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { who } = request;
      const present = await currentConnector(ledger, id);
      const version = present?.version ?? 0;
      const expected = expectedVersion(request.headers);
      if (expected === null) return needsCondition(reply);
      if (expected !== version) return changedSince(reply, id, version);
      const { document, problems } = await read(id, request.body.definition);
      if (document === null || definitionOf(document, id) === null) {
        const detail = 'The definition was not stored: see errors for each part that is wrong.';
        return sendProblem(reply, 'config', detail, { errors: asErrors(problems) });
      }
      await mustMayConnect({ ledger, config }, request, document);
      const comment = request.body.comment ?? null;
      await storeDocument(ledger, document, { who, comment, managedBy: 'api', expected: { [id]: version } });
      const stored = await namedConnector(ledger, id);
      await audit(ledger, { who, action: 'connector.store', subject: `${id}@${stored.version}`, comment });
      await follow({ configured }, [id], request.log);
      return reply
        .code(present === null ? 201 : 200)
        .header('etag', `"${stored.version}"`)
        .send({ ...connectorView(stored), warnings: problems.map(problemView) });
    },
  );

  app.post(
    '/api/connectors/:id/validate',
    {
      config: { can: 'configure' },
      bodyLimit: documentLimit,
      schema: {
        operationId: 'validateConnector',
        summary: 'Everything wrong or doubtful in a definition, without storing it',
        params,
        body: z.strictObject({ definition: Definition }),
        response: answers({ 200: CheckedWire }),
      },
    },
    async (request) => {
      const { document, problems } = await read(request.params.id, request.body.definition);
      return { ok: document !== null, problems: problems.map(problemView) };
    },
  );
};

/** The version a request names; 0 stands for none yet, null for a request that says nothing. */
const expectedVersion = (headers: z.infer<typeof Precondition>): number | null => {
  if (headers['if-none-match'] === '*') return 0;
  const match = /^(?:W\/)?"(\d+)"$/.exec(headers['if-match'] ?? '');
  if (match?.[1] !== undefined) return Number(match[1]);
  return headers['if-match'] === undefined ? null : -1;
};

const needsCondition = (reply: FastifyReply): FastifyReply =>
  sendProblem(
    reply,
    'malformed',
    'Send If-Match with the ETag of the connector as you read it, or If-None-Match: * for a new one.',
    { status: 428 },
  );

const changedSince = (reply: FastifyReply, id: string, version: number): FastifyReply =>
  sendProblem(
    reply.header('etag', `"${version}"`),
    'conflict',
    version === 0 ? noConnector(id).message : 'The connector has changed since it was read: read it again.',
    { status: 412 },
  );
