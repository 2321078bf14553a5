import type { FastifyRequest } from 'fastify';
import { changedConnections } from '../config/connections.ts';
import { readable } from '../config/readable.ts';
import { type Document, definitionOf } from '../config/schema/document.ts';
import { Failure } from '../core/failure.ts';
import { listConnectors } from '../ledger/connectors.ts';
import type { ApiParts } from './parts.ts';

/**
 * Refuses a document that would send secrets elsewhere than those stored do, unless the bearer may connect: otherwise,
 * anyone who can change an address or the name of a secret could obtain an administrator's password.
 */
export const mustMayConnect = async (
  { ledger, config }: Pick<ApiParts, 'ledger' | 'config'>,
  { may, who }: Pick<FastifyRequest, 'may' | 'who'>,
  document: Document,
): Promise<void> => {
  if (may.includes('connect')) return;
  const stored = (await listConnectors(ledger)).flatMap(({ definition }) => {
    // A version that this release cannot read vouches for no connection.
    const read = readable(config.readDefinition, definition);
    return 'unreadable' in read ? [] : [read];
  });
  const changed = document.connectors.flatMap(({ id }) => {
    const definition = definitionOf(document, id);
    return definition === null ? [] : changedConnections(definition, stored).map((place) => `${id}: ${place}`);
  });
  if (changed.length === 0) return;
  throw new Failure(
    'forbidden',
    `The token '${who}' lacks the ability 'connect', and this changes ${changed.join(', ')}.`,
    {
      remedy: 'Use a token made with --can connect, or leave these settings unchanged.',
    },
  );
};
