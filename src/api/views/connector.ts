import type { FastifyBaseLogger } from 'fastify';
import { z } from 'zod';
import type { Problem } from '../../config/problem.ts';
import { Failure } from '../../core/failure.ts';
import type { ConnectorVersion } from '../../ledger/connectors.ts';
import type { ApiParts } from '../parts.ts';
import { JsonWire } from '../schemas/json.ts';

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
  definition: z.record(z.string(), JsonWire).parse(connector.definition),
});

/** A problem of a document as it leaves the API: places in what was sent, without lines. */
export const problemView = ({ severity, path, message, remedy }: Problem) => ({ severity, path, message, remedy });

/** Problems as the errors of problem details, for a document that cannot be stored. */
export const asErrors = (problems: readonly Problem[]): { path: string; message: string }[] =>
  problems
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message, remedy }) => ({ path, message: `${message} ${remedy}` }));

/**
 * Lets the rest of the program follow what was stored. The caller gets a failure if the schedules of these connectors
 * could not be set; problems with others go to the log.
 */
export const follow = async (
  { configured }: Pick<ApiParts, 'configured'>,
  connectors: readonly string[],
  log: Pick<FastifyBaseLogger, 'warn'>,
): Promise<void> => {
  const stored = `${connectors.join(', ')}: stored, but`;
  const problems = await configured().catch((cause: unknown) => {
    throw new Failure('unavailable', `${stored} the schedules could not be set: Temporal does not answer.`, {
      remedy: 'They will be set at the next start, or when the same document is applied again.',
      cause,
    });
  });
  for (const { connector, schedule } of problems) log.warn(`the schedule ${schedule ?? ''} of ${connector} is not set`);
  const own = problems.filter(({ connector }) => connectors.includes(connector));
  if (own.length === 0) return;
  const which = own.map(({ schedule, message }) => `${schedule ?? 'its schedules'}: ${message}`).join(' ');
  throw new Failure('config', `${stored} not every schedule is set. ${which}`, {
    remedy: 'All others are set. Correct these and apply the document again.',
  });
};
