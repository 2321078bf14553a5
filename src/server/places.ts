import type { TemporalAddress } from '../temporal/connection.ts';

/** The database of a ledger for a log: host and name, never a user or a password. */
export const databaseText = (url: string): string => {
  if (!URL.canParse(url)) return 'the database that ATTUNE_DATABASE_URL names';
  const { host, pathname, searchParams } = new URL(url);
  const where = host === '' ? (searchParams.get('host') ?? 'this machine') : host;
  return `the PostgreSQL database ${decodedOr(pathname.slice(1))} at ${where}`;
};

/** What stands behind `%` is shown as it is where it cannot be decoded. */
const decodedOr = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Where a server works: its ledger and its Temporal, each by its address or as one of its own. */
export const placesText = (
  embedded: { readonly database: boolean; readonly temporal: boolean },
  dataDir: string,
  { database, temporal }: { readonly database: string; readonly temporal: TemporalAddress },
): string => {
  const ledger = embedded.database ? `a PostgreSQL of its own in ${dataDir}` : databaseText(database);
  const server = embedded.temporal
    ? `one of its own in ${dataDir}`
    : `${addressText(temporal)}, namespace ${temporal.namespace}`;
  return `The ledger is ${ledger}; the Temporal server is ${server}.`;
};

/** Where a Temporal server is, as its own command takes it. */
export const addressText = ({ options }: TemporalAddress): string => options.address ?? '127.0.0.1:7233';
