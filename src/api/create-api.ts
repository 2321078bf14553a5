import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { requireTokens } from './auth.ts';
import { forbidMisuse, serveConsole } from './console.ts';
import { metricRoutes } from './metrics.ts';
import type { Api, ApiParts } from './parts.ts';
import { answerProblems } from './problem.ts';
import { checkRoutes } from './routes/connectors/check.ts';
import { connectorRoutes } from './routes/connectors/connectors.ts';
import { editRoutes } from './routes/connectors/edit.ts';
import { explainRoutes } from './routes/connectors/explain.ts';
import { linkRoutes } from './routes/connectors/links.ts';
import { startRoutes } from './routes/connectors/runs.ts';
import { sampleRoutes } from './routes/connectors/sample.ts';
import { sourceAttributeRoutes } from './routes/connectors/source-attributes.ts';
import { versionRoutes } from './routes/connectors/versions.ts';
import { documentRoutes } from './routes/document/document.ts';
import { liveRoutes } from './routes/events/events.ts';
import { healthRoutes } from './routes/health.ts';
import { changeRoutes } from './routes/runs/changes.ts';
import { decideRoutes } from './routes/runs/decide.ts';
import { eventRoutes } from './routes/runs/events.ts';
import { outcomeRoutes } from './routes/runs/outcomes.ts';
import { runRoutes } from './routes/runs/runs.ts';
import { sessionRoutes } from './routes/session/session.ts';
import { whyRoutes } from './routes/targets/why.ts';
import { tokenRoutes } from './routes/tokens/tokens.ts';

const bodyLimit = 256 * 1024;

/** Puts the HTTP API together; it does not listen yet. Requests are logged by route template, never by their address. */
export const createApi = async (parts: ApiParts, logger?: FastifyBaseLogger): Promise<Api> => {
  const app: Api = fastify({
    bodyLimit,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    ...(logger === undefined ? {} : { loggerInstance: logger }),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerProblems(app);
  forbidMisuse(app);
  await app.register(cookie);
  requireTokens(app, parts.ledger);
  app.addHook('onResponse', async (request, reply) => {
    const { method, who, routeOptions } = request;
    request.log.info(
      { method, route: routeOptions.url, who, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
  });
  await app.register(swagger, {
    openapi: {
      info: { title: 'Attune', description: 'Starts, shows and decides over sync runs.', version: parts.version },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
  });
  await serveConsole(app, parts.console);
  metricRoutes(app, parts);
  healthRoutes(app, parts);
  sessionRoutes(app, parts);
  startRoutes(app, parts);
  runRoutes(app, parts);
  eventRoutes(app, parts);
  liveRoutes(app, parts);
  changeRoutes(app, parts);
  outcomeRoutes(app, parts);
  decideRoutes(app, parts);
  connectorRoutes(app, parts);
  editRoutes(app, parts);
  versionRoutes(app, parts);
  documentRoutes(app, parts);
  checkRoutes(app, parts);
  explainRoutes(app, parts);
  sampleRoutes(app, parts);
  sourceAttributeRoutes(app, parts);
  linkRoutes(app, parts);
  whyRoutes(app, parts);
  tokenRoutes(app, parts);
  app.get('/openapi.json', { config: { can: 'read' }, schema: { hide: true } }, async () => app.swagger());
  return app;
};
