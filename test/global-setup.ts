import { once } from 'node:events';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeDataDir } from '../src/embedded/data-dir.ts';
import { startEmbeddedPostgres } from '../src/embedded/postgres/start.ts';
import { findTemporalCli } from '../src/embedded/temporal/find-cli.ts';
import { startEmbeddedTemporal } from '../src/embedded/temporal/start.ts';

const stops: (() => Promise<void>)[] = [];

/**
 * At most one PostgreSQL and one Temporal server for the whole test run, each started when the first test file asks for
 * it (test/fixtures/servers.ts): tests that need none start none. Each file makes its own database in the one, and its
 * own task queue in the other.
 */
export const globalSetup = async (): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'attune-test-'));
  stops.push(() => removeDataDir(directory));
  const kept = fileURLToPath(new URL('../.attune', import.meta.url));
  await mkdir(kept, { recursive: true, mode: 0o700 });
  const cli = await findTemporalCli(kept, process.env);
  process.env.ATTUNE_TEST_TEMPORAL_CLI = cli;
  process.env.ATTUNE_TEST_FILES = directory;
  const database = shared(async () => {
    const { url, stop } = await startEmbeddedPostgres({ dataDir: directory, throwaway: true });
    stops.push(stop);
    return url;
  });
  const temporal = shared(async () => {
    const { address, stop } = await startEmbeddedTemporal({ cli, dataDir: directory, ui: false });
    stops.push(stop);
    return address;
  });
  process.env.ATTUNE_TEST_SERVERS = await serve({ '/database': database, '/temporal': temporal });
};

/** Leaves nothing behind. */
export const globalTeardown = async (): Promise<void> => {
  for (const stop of stops.splice(0).reverse()) await stop();
};

const shared = (start: () => Promise<string>): (() => Promise<string>) => {
  let started: Promise<string> | null = null;
  return () => {
    started ??= start();
    return started;
  };
};

/** Test files are processes of their own: they ask here. */
const serve = async (answers: Readonly<Record<string, () => Promise<string>>>): Promise<string> => {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    Promise.resolve(answer?.() ?? 'no such server').then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : 'it failed'),
    );
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  stops.push(async () => void server.close().closeAllConnections());
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
};
