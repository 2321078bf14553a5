import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../sandbox/start.ts';
import { readAccess } from '../../src/client/access-file.ts';
import { type Client, createClient } from '../../src/client/client.ts';
import { removeDataDir } from '../../src/embedded/data-dir.ts';
import { startEmbeddedTemporal } from '../../src/embedded/temporal/start.ts';
import { openBarrier } from '../fixtures/barrier.ts';
import { emptyDatabase } from '../fixtures/database.ts';
import { startProgram } from '../fixtures/processes.ts';

/** The write to the ledger at which a worker is held until it is killed. */
export type At = Parameters<Awaited<ReturnType<typeof openBarrier>>['set']>;

/** An installation over the stand-ins whose worker, a process of its own, is held at a write to the ledger and killed there. */
export const startInstallation = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'attune-kill-'));
  const sandbox = await startSandbox({ users: 300 });
  const database = await emptyDatabase();
  const cli = process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '';
  const temporal = await startEmbeddedTemporal({ cli, dataDir, ui: false });
  const env = {
    ...sandbox.secrets,
    ATTUNE_DATABASE_URL: database.url,
    ATTUNE_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    ATTUNE_DATA_DIR: dataDir,
    ATTUNE_PORT: '0',
    TEMPORAL_ADDRESS: temporal.address,
  };
  const document = join(dataDir, 'attune.yaml');
  await writeFile(document, sandbox.document);
  const api = startProgram(['api', '--config', document], env);
  let worker = startProgram(['worker'], env);
  await Promise.all([api.says(/connectors/), worker.says(/ready/)]);
  const barrier = await openBarrier(database.url);
  return {
    control: sandbox.urls.control,
    client: async (): Promise<Client> => {
      const access = await readAccess(dataDir);
      assert.ok(access);
      return createClient(access);
    },
    /** Holds the worker at its next write of this kind. */
    hold: (at: At): Promise<void> => barrier.set(...at),
    /** Kills the worker that is held, has the next one held at `next`, and starts it. */
    killHeld: async (next?: At): Promise<void> => {
      await barrier.reached();
      await worker.kill('SIGKILL');
      await barrier.lift();
      if (next !== undefined) await barrier.set(...next);
      worker = startProgram(['worker'], env);
    },
    close: async (): Promise<void> => {
      await barrier.close();
      await Promise.all([api.kill('SIGTERM'), worker.kill('SIGTERM')]);
      await temporal.stop();
      await sandbox.close();
      await database.drop();
      await removeDataDir(dataDir);
    },
  };
};
