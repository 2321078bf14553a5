import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { Failure } from '../core/failure.ts';
import { renameConnector } from '../ledger/connector-life.ts';
import {
  type ConnectorVersion,
  listConnectors,
  type ManagedBy,
  storeVersion,
  storingConnectors,
} from '../ledger/connectors.ts';
import type { Ledger } from '../ledger/open.ts';
import { storedOf } from './open-config.ts';
import { type Definition, type Document, definitionOf } from './schema/document.ts';

/** Who stores a document, why, and from where; with `expected` only over exactly these versions (0: none yet). */
export type Storing = {
  readonly who: string;
  readonly comment: string | null;
  readonly managedBy: ManagedBy;
  readonly expected?: Readonly<Record<string, number>>;
};

/** What became of a connector: `leftAlone` is one of the file that is edited through the API since. */
export type StoredConnector = {
  readonly id: string;
  readonly version: number;
  readonly is: 'new' | 'changed' | 'unchanged' | 'leftAlone';
};

/** The result of storing; `absent` are connectors that the file once had and has no longer. */
export type StoredDocument = { readonly connectors: readonly StoredConnector[]; readonly absent: readonly string[] };

/**
 * Stores every connector of a checked document as its next version, all of them or none. The file of `attune serve`
 * does not touch connectors edited through the API, and the API does not touch connectors of the file.
 */
export const storeDocument = (ledger: Ledger, document: Document, storing: Storing): Promise<StoredDocument> =>
  storingConnectors(ledger, async (inTransaction) => {
    await takeOverRenamed(inTransaction, document, storing);
    const present = new Map((await listConnectors(inTransaction)).map((one) => [one.connector, one]));
    const stored: StoredConnector[] = [];
    for (const { id } of document.connectors) {
      const before = present.get(id);
      expectVersion(id, before, storing.expected?.[id]);
      if (storing.managedBy === 'file' && before?.managedBy === 'api') {
        stored.push({ id, version: before.version, is: 'leftAlone' });
        continue;
      }
      if (storing.managedBy === 'api' && before?.managedBy === 'file') throw standsInFile(id);
      const definition = definitionOf(document, id);
      if (definition === null) continue;
      const next = { connector: id, definition: storedOf(definition), createdBy: storing.who };
      const { managedBy, comment } = storing;
      stored.push({ id, ...(await storeVersion(inTransaction, { ...next, managedBy, comment })) });
      present.delete(id);
    }
    const named = new Set(stored.map(({ id }) => id));
    const absent = [...present.values()].filter((one) => one.managedBy === 'file' && !named.has(one.connector));
    const gone = storing.managedBy === 'file' ? absent : [];
    for (const other of present.values()) if (!gone.includes(other)) mustAgree(document.targets, other);
    return { connectors: stored, absent: gone.map((one) => one.connector) };
  });

/** Renames the connectors that a document calls by another id than before. Once that is done `previously` says nothing. */
const takeOverRenamed = async (ledger: Ledger, { connectors }: Document, { managedBy }: Storing): Promise<void> => {
  const present = new Map((await listConnectors(ledger)).map((one) => [one.connector, one]));
  for (const { id, previously } of connectors) {
    const before = previously === undefined ? undefined : present.get(previously);
    if (before === undefined || present.has(id)) continue;
    if (managedBy === 'api' && before.managedBy === 'file') throw standsInFile(before.connector);
    await renameConnector(ledger, before.connector, id);
  }
};

/** The failure of a change through the API to a connector of the file. */
const standsInFile = (id: string): Failure =>
  new Failure('conflict', `The connector ${id} comes from the file given to \`attune serve\`.`, {
    remedy: `Change it there, or take it over with \`attune config import ${id}\`.`,
  });

const expectVersion = (id: string, present: ConnectorVersion | undefined, expected: number | undefined): void => {
  if (expected === undefined || expected === (present?.version ?? 0)) return;
  throw new Failure(
    'conflict',
    `The connector ${id} has changed in the meantime: its version is now ${present?.version ?? 0}.`,
    {
      remedy: 'Read it again and repeat your change.',
    },
  );
};

const targetsOf = z.looseObject({ targets: z.record(z.string(), z.unknown()) });

/** A target is one login, one load limit and one circuit breaker: two connectors cannot see it differently. */
const mustAgree = (targets: Definition['targets'], other: ConnectorVersion): void => {
  const parsed = targetsOf.safeParse(other.definition);
  if (!parsed.success) return;
  for (const [name, settings] of Object.entries(parsed.data.targets)) {
    const ours: unknown = targets[name] === undefined ? undefined : JSON.parse(JSON.stringify(targets[name]));
    if (ours === undefined || isDeepStrictEqual(ours, settings)) continue;
    throw new Failure('conflict', `The connector ${other.connector} uses the target ${name} with different settings.`, {
      remedy: `Give the target the same settings for both: put them into one document, or change ${other.connector} first.`,
    });
  }
};
