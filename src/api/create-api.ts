import swagger from '@fastify/swagger';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { requireTokens } from './auth.ts';
import { metricRoutes } from './metrics.ts';
import type { Api, ApiParts } from './parts.ts';
import { answerProblems } from './problem.ts';
import { changeRoutes } from './routes/changes.ts';
import { checkRoutes } from './routes/check.ts';
import { connectorRoutes } from './routes/connectors.ts';
import { decideRoutes } from './routes/decide.ts';
import { documentRoutes } from './routes/document.ts';
import { editRoutes } from './routes/edit.ts';
import { eventRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { healthRoutes } from './routes/health.ts';
import { originRoutes } from './routes/origin.ts';
import { outcomeRoutes } from './routes/outcomes.ts';
import { runRoutes } from './routes/runs.ts';
import { startRoutes } from './routes/start.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { versionRoutes } from './routes/versions.ts';

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
  metricRoutes(app, parts);
  healthRoutes(app, parts);
  startRoutes(app, parts);
  runRoutes(app, parts);
  eventRoutes(app, parts);
  changeRoutes(app, parts);
  outcomeRoutes(app, parts);
  decideRoutes(app, parts);
  connectorRoutes(app, parts);
  editRoutes(app, parts);
  versionRoutes(app, parts);
  documentRoutes(app, parts);
  checkRoutes(app, parts);
  explainRoutes(app, parts);
  originRoutes(app, parts);
  tokenRoutes(app, parts);
  app.get('/openapi.json', { config: { can: 'read' }, schema: { hide: true } }, async () => app.swagger());
  return app;
};
