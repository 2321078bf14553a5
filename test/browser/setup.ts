import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../../src/embedded/temporal/find-cli.ts';

/** Finds the Temporal program once; each test file starts an Attune of its own with it. */
export const globalSetup = async (): Promise<void> => {
  const kept = fileURLToPath(new URL('../../.attune', import.meta.url));
  await mkdir(kept, { recursive: true, mode: 0o700 });
  process.env.ATTUNE_TEST_TEMPORAL_CLI = await findTemporalCli(kept, process.env);
};
