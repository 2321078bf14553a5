import type { FastifyBaseLogger } from 'fastify';
import { z } from 'zod';
import type { Problem } from '../config/problem.ts';
import { Failure } from '../core/failure.ts';
import { type ConnectorVersion, currentConnector } from '../ledger/connectors.ts';
import type { Ledger } from '../ledger/open.ts';
import type { ApiParts } from './parts.ts';

/** A connector as it leaves the API, without its definition. */
export const connectorSummaryOf = (connector: ConnectorVersion) => ({
  id: connector.connector,
  version: connector.version,
  managedBy: connector.managedBy,
  changedBy: connector.createdBy,
  changedAt: connector.createdAt.toISOString(),
  comment: connector.comment,
});

/** The same with its definition. */
export const connectorView = (connector: ConnectorVersion) => ({
  ...connectorSummaryOf(connector),
  definition: z.record(z.string(), z.json()).parse(connector.definition),
});

/** The connector a request names, or the failure that says there is none. */
export const namedConnector = async (ledger: Ledger, id: string): Promise<ConnectorVersion> => {
  const connector = await currentConnector(ledger, id);
  if (connector !== null) return connector;
  throw new Failure('notFound', 'There is no connector of that id.', {
    remedy: '`attune connectors` (GET /api/connectors) lists those there are.',
  });
};

/** A problem of a document as it leaves the API: places in what was sent, without lines. */
export const problemView = ({ severity, path, message, remedy }: Problem) => ({ severity, path, message, remedy });

/** Problems as the errors of problem details, for a document that cannot be stored. */
export const asErrors = (problems: readonly Problem[]): { path: string; message: string }[] =>
  problems
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message, remedy }) => ({ path, message: `${message} ${remedy}` }));

/** Lets the rest of the program follow what was stored. It stands by now: what fails here is made up for at the next start. */
export const follow = async (
  { configured }: Pick<ApiParts, 'configured'>,
  log: Pick<FastifyBaseLogger, 'warn'>,
): Promise<void> => {
  await configured().catch(() => log.warn('the schedules could not be changed; they are at the next start'));
};
