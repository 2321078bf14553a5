import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeDataDir } from '../src/embedded/data-dir.ts';
import { startEmbeddedPostgres } from '../src/embedded/postgres/start.ts';
import { findTemporalCli } from '../src/embedded/temporal/find-cli.ts';
import { startEmbeddedTemporal } from '../src/embedded/temporal/start.ts';

const stops: (() => Promise<void>)[] = [];

/**
 * One PostgreSQL and one Temporal server for the whole test run, unless ATTUNE_TEST_DATABASE_URL names a PostgreSQL.
 * Each test file makes its own database in the one, and its own task queue in the other.
 */
export const globalSetup = async (): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'attune-test-'));
  stops.push(() => removeDataDir(directory));
  if (process.env.ATTUNE_TEST_DATABASE_URL === undefined) {
    const postgres = await startEmbeddedPostgres({ dataDir: directory, throwaway: true });
    stops.push(postgres.stop);
    process.env.ATTUNE_TEST_DATABASE_URL = postgres.url;
  }
  const kept = fileURLToPath(new URL('../.attune', import.meta.url));
  await mkdir(kept, { recursive: true, mode: 0o700 });
  const cli = await findTemporalCli(kept, process.env);
  const temporal = await startEmbeddedTemporal({ cli, dataDir: directory, ui: false });
  stops.push(temporal.stop);
  process.env.ATTUNE_TEST_TEMPORAL = temporal.address;
  process.env.ATTUNE_TEST_TEMPORAL_CLI = cli;
  process.env.ATTUNE_TEST_FILES = directory;
};

/** Leaves nothing behind. */
export const globalTeardown = async (): Promise<void> => {
  for (const stop of stops.splice(0).reverse()) await stop();
};
