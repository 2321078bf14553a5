import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readAccess } from '../../src/client/access-file.ts';
import { type Client, createClient } from '../../src/client/client.ts';
import { superuser } from '../../src/embedded/postgres/cluster.ts';
import { isServerOf, type Part } from '../parts.ts';

/** An installation under trial: its processes, and the ways in. */
export type System = {
  readonly name: string;
  /** What can be killed, frozen and restarted. */
  readonly parts: readonly Part[];
  /** Those of them that are Attune's own programs. */
  readonly programs: readonly Part[];
  /** Starts whatever does not run. */
  readonly start: () => Promise<void>;
  readonly api: () => Promise<Client>;
  /** Whether every part says that it is ready. */
  readonly isReady: () => Promise<boolean>;
  /** Null while the database cannot be reached by the address of its files. */
  readonly databaseUrl: () => string | null;
  readonly temporalAddress: () => string | null;
  /** Ends everything in order; gives the names of the parts that did not end in time. */
  readonly stop: () => Promise<readonly string[]>;
};

/** How long a part may take to stop at the end. */
export const stopWithinMs = 30_000;

/** A port nobody listens on. */
export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The probe got no port.');
  return address.port;
};

/** The environment without anything meant for another Attune or Temporal. */
export const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ATTUNE|TEMPORAL)_/.test(name)));

/** A file's text; null while there is none. */
export const readNow = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** The PostgreSQL that runs from a data directory, by its own note. */
export const postmasterOf = (dataDir: string): { readonly pid: number; readonly port: number } | null => {
  const lines = readNow(join(dataDir, 'postgres', 'data', 'postmaster.pid'))?.split('\n') ?? [];
  const [pid, files, port] = [Number(lines[0]), lines[1] ?? '', Number(lines[3])];
  return pid > 0 && port > 0 && isServerOf(pid, files) ? { pid, port } : null;
};

/** The address of that PostgreSQL. */
export const databaseIn = (dataDir: string): string | null => {
  const password = readNow(join(dataDir, 'postgres', 'password'))?.trim();
  const postmaster = postmasterOf(dataDir);
  if (password === undefined || postmaster === null) return null;
  return `postgres://${superuser}:${password}@127.0.0.1:${postmaster.port}/postgres`;
};

/** Whether `/readyz` says that every part is ready. */
export const isReadyAt = async (port: number): Promise<boolean> => {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
};

/** A client of the API with the token that its start left. */
export const clientOf = async (dataDir: string, port: number): Promise<Client> => {
  const access = await readAccess(dataDir);
  if (access === null) throw new Error(`No address was left in ${dataDir}.`);
  return createClient({ ...access, url: `http://127.0.0.1:${port}` });
};
