import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { countRuns } from '../ledger/runs/runs.ts';
import type { Api, ApiParts } from './parts.ts';
import { registerRunMetrics } from './run-metrics.ts';

/** Serves figures for Prometheus. Labels are routes, statuses and connector ids, never a person. */
export const metricRoutes = (app: Api, { ledger }: ApiParts): void => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'attune_http_request_seconds',
    help: 'Requests to this API, by route and status',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  new Gauge({
    name: 'attune_runs',
    help: 'Runs in the ledger, by connector and status',
    labelNames: ['connector', 'status'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { connector, status, runs } of await countRuns(ledger)) this.set({ connector, status }, runs);
    },
  });
  registerRunMetrics(registry, { ledger });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.get(
    '/metrics',
    {
      config: { can: 'read' },
      schema: { operationId: 'getMetrics', summary: 'Metrics for Prometheus', produces: ['text/plain'] },
    },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  );
};
