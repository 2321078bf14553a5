import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { Failure } from '../core/failure.ts';
import type { JsonObject } from '../core/values.ts';
import type { Ledger } from './open.ts';
import { inTransaction } from './transaction.ts';

/** Where a connector is edited: in the file given at start, or through the API. */
export type ManagedBy = 'file' | 'api';

/** One immutable definition of a connector, with who stored it, when and why. */
export type ConnectorVersion = {
  readonly connector: string;
  readonly version: number;
  readonly managedBy: ManagedBy;
  readonly definition: JsonObject;
  readonly createdBy: string;
  readonly comment: string | null;
  readonly createdAt: Date;
};

/** What is stored: a connector's whole resolved definition, its secrets as references only. */
export type NewConnectorVersion = Pick<
  ConnectorVersion,
  'connector' | 'managedBy' | 'definition' | 'createdBy' | 'comment'
>;

/** Stores a definition as the connector's next version and gives its number; an unchanged one keeps the present version. */
export const storeConnector = async (ledger: Ledger, next: NewConnectorVersion): Promise<number> =>
  inTransaction(ledger, async (trx) => (await storeVersion({ ...ledger, db: trx }, next)).version);

/** The same inside the caller's transaction, for several connectors that are stored together or not at all. */
export const storeVersion = async (
  ledger: Ledger,
  next: NewConnectorVersion,
): Promise<{ readonly version: number; readonly is: 'new' | 'changed' | 'unchanged' }> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`connector ${next.connector}`}, 0))`.execute(ledger.db);
  const present = await currentConnector(ledger, next.connector);
  if (present !== null && isDeepStrictEqual(present.definition, plain(next.definition))) {
    await sql`update connector set managed_by = ${next.managedBy} where id = ${next.connector}`.execute(ledger.db);
    return { version: present.version, is: 'unchanged' };
  }
  const version = (await newestVersion(ledger, next.connector)) + 1;
  await sql`insert into connector (id, managed_by, current_version) values (${next.connector}, ${next.managedBy}, ${version})
    on conflict (id) do update set managed_by = excluded.managed_by, current_version = excluded.current_version,
      retired_at = null`.execute(ledger.db);
  await sql`insert into connector_version (connector, version, definition, created_by, comment)
    values (${next.connector}, ${version}, ${JSON.stringify(next.definition)}::jsonb, ${next.createdBy},
      ${next.comment})`.execute(ledger.db);
  return { version, is: present === null ? 'new' : 'changed' };
};

/** The number of every connector's present version. */
export const currentVersions = async (ledger: Ledger): Promise<readonly { id: string; version: number }[]> => {
  const { rows } = await sql<{ id: string; version: number }>`select id, current_version as version from connector
    order by id`.execute(ledger.db);
  return rows;
};

/** Runs work that reads and stores connectors as one step: nobody else stores any meanwhile. */
export const storingConnectors = async <Result>(
  ledger: Ledger,
  work: (ledger: Ledger) => Promise<Result>,
): Promise<Result> =>
  inTransaction(ledger, async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('all connectors', 0))`.execute(trx);
    return work({ ...ledger, db: trx });
  });

/** Hands a connector over from the file to the API, or back; false when there is none. */
export const handOver = async (ledger: Ledger, connector: string, managedBy: ManagedBy): Promise<boolean> => {
  const { rows } = await sql`update connector set managed_by = ${managedBy} where id = ${connector}
    returning id`.execute(ledger.db);
  return rows.length === 1;
};

/** A version that somebody names; throws `notFound` where there is none of that number. */
export const namedVersion = async (ledger: Ledger, connector: string, version: number): Promise<ConnectorVersion> => {
  const found = await connectorVersion(ledger, connector, version);
  if (found !== null) return found;
  throw new Failure('notFound', 'This connector has no such version.', {
    remedy: '`attune config history <connector>` (GET /api/connectors/{id}/versions) lists the existing ones.',
  });
};

/** All versions of a connector, newest first. */
export const connectorVersions = async (ledger: Ledger, connector: string): Promise<ConnectorVersion[]> => {
  const { rows } = await sql<ConnectorVersion>`select ${columns} ${joined}
    where c.id = ${connector} order by v.version desc`.execute(ledger.db);
  return rows;
};

/** The definition that new runs of the connector use, or null when there is no such connector. */
export const currentConnector = async (ledger: Ledger, connector: string): Promise<ConnectorVersion | null> => {
  const { rows } = await sql<ConnectorVersion>`select ${columns} ${joined}
    where c.id = ${connector} and v.version = c.current_version and c.retired_at is null`.execute(ledger.db);
  return rows[0] ?? null;
};

/** The same of a connector that somebody names: throws `notFound` when there is none. */
export const namedConnector = async (ledger: Ledger, id: string): Promise<ConnectorVersion> => {
  const connector = await currentConnector(ledger, id);
  if (connector === null) throw noConnector(id);
  return connector;
};

/**
 * The failure that there is no connector with this id; for a run it is a `config` failure, which ends the whole run.
 */
export const noConnector = (id: string, kind: 'notFound' | 'config' = 'notFound'): Failure =>
  new Failure(kind, `There is no connector "${id}".`, {
    remedy: '`attune connectors` (GET /api/connectors) lists the existing ones.',
  });

/** The definition a run has pinned. */
export const connectorVersion = async (
  ledger: Ledger,
  connector: string,
  version: number,
): Promise<ConnectorVersion | null> => {
  const { rows } = await sql<ConnectorVersion>`select ${columns} ${joined}
    where c.id = ${connector} and v.version = ${version}`.execute(ledger.db);
  return rows[0] ?? null;
};

/** The present definition of every connector, by id. */
export const listConnectors = async (ledger: Ledger): Promise<ConnectorVersion[]> => {
  const { rows } = await sql<ConnectorVersion>`select ${columns} ${joined}
    where v.version = c.current_version and c.retired_at is null order by c.id`.execute(ledger.db);
  return rows;
};

const columns = sql`v.connector, v.version, c.managed_by as "managedBy", v.definition, v.created_by as "createdBy",
  v.comment, v.created_at as "createdAt"`;

const joined = sql`from connector c join connector_version v on v.connector = c.id`;

const newestVersion = async (ledger: Ledger, connector: string): Promise<number> => {
  const { rows } = await sql<{ newest: number }>`select coalesce(max(version), 0) as newest from connector_version
    where connector = ${connector}`.execute(ledger.db);
  return rows[0]?.newest ?? 0;
};

/** As JSON keeps it: jsonb drops what is undefined, so the comparison must too. */
const plain = (definition: JsonObject): unknown => JSON.parse(JSON.stringify(definition));
