import { readInstallation } from '../../../ledger/installation.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { unreadyParts } from '../../readiness.ts';
import { HealthWire } from '../../schemas/health.ts';

/** Tells how the installation is: each part, the ledger, and what Attune runs itself. */
export const installationRoutes = (app: Api, parts: ApiParts): void => {
  app.get(
    '/api/health',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'getInstallation',
        summary: 'The state of the installation: each part it needs, its ledger, and which servers it runs itself',
        response: answers({ 200: HealthWire }),
      },
    },
    async () => {
      const problems = await unreadyParts(parts.ready);
      const ledger = await readInstallation(parts.ledger).catch(() => null);
      return {
        version: parts.version,
        parts: Object.keys(parts.ready).map((name) => {
          const said = problems.get(name) ?? null;
          return { name, ok: said === null, said };
        }),
        embedded: parts.embedded,
        ledger: ledger === null ? null : { ...ledger, oldestKeyAt: ledger.oldestKeyAt.toISOString() },
        temporalUi: parts.temporalUi,
      };
    },
  );
};
