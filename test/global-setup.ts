import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/ledger/embedded.ts';

const started: { postgres: EmbeddedPostgres; directory: string }[] = [];

/** One PostgreSQL for the whole test run, unless ATTUNE_TEST_DATABASE_URL names one. Each test file makes its own database in it. */
export const globalSetup = async (): Promise<void> => {
  if (process.env.ATTUNE_TEST_DATABASE_URL !== undefined) return;
  const directory = await mkdtemp(join(tmpdir(), 'attune-test-'));
  const postgres = await startEmbeddedPostgres({ dataDir: directory, throwaway: true });
  started.push({ postgres, directory });
  process.env.ATTUNE_TEST_DATABASE_URL = postgres.url;
};

/** Leaves nothing behind. */
export const globalTeardown = async (): Promise<void> => {
  for (const { postgres, directory } of started.splice(0)) {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
};
