import { createServer, type RequestListener, type Server } from 'node:http';
import cookie from '@fastify/cookie';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { requireTokens } from './auth.ts';
import { forbidMisuse, serveConsole } from './console.ts';
import { metricRoutes } from './metrics.ts';
import { describeApi } from './openapi.ts';
import type { Api, ApiParts } from './parts.ts';
import { answerBadAddress, answerBrokenRequest, answerProblems } from './problem.ts';
import { requireHost } from './require-host.ts';
import { auditRoutes } from './routes/audit/audit.ts';
import { checkRoutes } from './routes/connectors/check.ts';
import { connectorRoutes } from './routes/connectors/connectors.ts';
import { coverageRoutes } from './routes/connectors/coverage.ts';
import { diffRoutes } from './routes/connectors/diff.ts';
import { editRoutes } from './routes/connectors/edit.ts';
import { explainRoutes } from './routes/connectors/explain.ts';
import { heldChangeRoutes } from './routes/connectors/held-changes.ts';
import { leaverRoutes } from './routes/connectors/leavers.ts';
import { lifeRoutes } from './routes/connectors/life.ts';
import { linkRoutes } from './routes/connectors/links.ts';
import { notifyRoutes } from './routes/connectors/notify.ts';
import { peopleRoutes } from './routes/connectors/people.ts';
import { startRoutes } from './routes/connectors/runs.ts';
import { sampleRoutes } from './routes/connectors/sample.ts';
import { scheduleRoutes } from './routes/connectors/schedules.ts';
import { sourceAttributeRoutes } from './routes/connectors/source-attributes.ts';
import { versionRoutes } from './routes/connectors/versions.ts';
import { whatIfRoutes } from './routes/connectors/what-if.ts';
import { documentRoutes } from './routes/document/document.ts';
import { liveRoutes } from './routes/events/events.ts';
import { installationRoutes } from './routes/health/health.ts';
import { healthRoutes } from './routes/health.ts';
import { pruneRoutes } from './routes/ledger/prune.ts';
import { overviewRoutes } from './routes/overview/overview.ts';
import { changeRoutes } from './routes/runs/changes.ts';
import { decideRoutes } from './routes/runs/decide.ts';
import { eventRoutes } from './routes/runs/events.ts';
import { keptRoutes } from './routes/runs/kept.ts';
import { outcomeRoutes } from './routes/runs/outcomes.ts';
import { parityRoutes } from './routes/runs/parity.ts';
import { planRoutes } from './routes/runs/plan.ts';
import { retryRoutes } from './routes/runs/retry.ts';
import { runRoutes } from './routes/runs/runs.ts';
import { sessionRoutes } from './routes/session/session.ts';
import { targetRoutes } from './routes/targets/targets.ts';
import { whyRoutes } from './routes/targets/why.ts';
import { tokenRoutes } from './routes/tokens/tokens.ts';
import type { Tls } from './serve/tls.ts';

const bodyLimit = 256 * 1024;

/** What the API is set to: its log, the host names it answers to (null: any), and how long a request may take to arrive. */
export type ApiOptions = {
  readonly logger?: FastifyBaseLogger;
  readonly hosts?: ReadonlySet<string> | null;
  readonly arrivalMs?: number;
  /** Encrypts what is sent; without it HTTP is spoken in clear. */
  readonly tls?: Tls | null;
};

/** Long enough for the largest document on a slow line. */
const usualArrivalMs = 60_000;

/** Puts the HTTP API together; it does not listen yet. Requests are logged by route template, never by their address. */
export const createApi = async (
  parts: ApiParts,
  { logger, hosts = null, arrivalMs = usualArrivalMs, tls = null }: ApiOptions = {},
): Promise<Api> => {
  const arriving = { requestTimeout: arrivalMs, connectionsCheckingInterval: Math.min(arrivalMs, 5_000) };
  const serverFactory = (handler: RequestListener): Server =>
    tls === null ? createServer(arriving, handler) : tls.createServer(handler, arriving);
  const app: Api = fastify<Server>({
    bodyLimit,
    serverFactory,
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, _request, reply) => answerBadAddress(error, reply),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    ...(logger === undefined ? {} : { loggerInstance: logger }),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerProblems(app);
  forbidMisuse(app);
  await app.register(cookie);
  if (hosts !== null) requireHost(app, hosts);
  requireTokens(app, parts.ledger);
  app.addHook('onResponse', async (request, reply) => {
    const { method, who, routeOptions } = request;
    request.log.debug(
      { method, route: routeOptions.url, who, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
  });
  await describeApi(app, parts.version);
  await serveConsole(app, parts.console);
  metricRoutes(app, parts);
  healthRoutes(app, parts);
  sessionRoutes(app, parts);
  startRoutes(app, parts);
  runRoutes(app, parts);
  eventRoutes(app, parts);
  liveRoutes(app, parts);
  planRoutes(app, parts);
  parityRoutes(app, parts);
  changeRoutes(app, parts);
  outcomeRoutes(app, parts);
  keptRoutes(app, parts);
  decideRoutes(app, parts);
  retryRoutes(app, parts);
  connectorRoutes(app, parts);
  editRoutes(app, parts);
  versionRoutes(app, parts);
  documentRoutes(app, parts);
  checkRoutes(app, parts);
  explainRoutes(app, parts);
  sampleRoutes(app, parts);
  whatIfRoutes(app, parts);
  sourceAttributeRoutes(app, parts);
  leaverRoutes(app, parts);
  lifeRoutes(app, parts);
  heldChangeRoutes(app, parts);
  linkRoutes(app, parts);
  peopleRoutes(app, parts);
  scheduleRoutes(app, parts);
  diffRoutes(app, parts);
  overviewRoutes(app, parts);
  coverageRoutes(app, parts);
  installationRoutes(app, parts);
  targetRoutes(app, parts);
  notifyRoutes(app, parts);
  whyRoutes(app, parts);
  tokenRoutes(app, parts);
  auditRoutes(app, parts);
  pruneRoutes(app, parts);
  app.get('/openapi.json', { config: { can: 'read' }, schema: { hide: true } }, async () => app.swagger());
  return app;
};
