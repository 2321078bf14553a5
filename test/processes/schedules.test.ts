import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { startSandbox } from '../../sandbox/start.ts';
import { startEmbeddedTemporal } from '../../src/embedded/temporal/start.ts';
import { startProgram } from '../fixtures/processes.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'attune-schedules-'));
const sandbox = await startSandbox({ users: 100 });
const temporal = await startEmbeddedTemporal({
  cli: process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '',
  dataDir,
  ui: false,
});
const connection = await Connection.connect({ address: temporal.address });
const client = new Client({ connection });
const file = join(dataDir, 'attune.yaml');
const env = {
  ...sandbox.secrets,
  ATTUNE_DATA_DIR: dataDir,
  ATTUNE_PORT: '0',
  TEMPORAL_ADDRESS: temporal.address,
};

after(async () => {
  await connection.close();
  await temporal.stop();
  await sandbox.close();
  await rm(dataDir, { recursive: true, force: true });
});

const good = z.looseObject({ connectors: z.tuple([z.looseObject({ id: z.string() })]) }).parse(parse(sandbox.document));

/** The schedules there are after a server was started with these connectors. */
const schedulesWith = async (ids: readonly string[]): Promise<string[]> => {
  const connectors = ids.map((id) => ({ ...good.connectors[0], id, schedules: [{ every: '1d' }] }));
  await writeFile(file, stringify({ ...good, connectors }));
  const server = startProgram(['api', '--config', file], env);
  await server.says(/connectors/);
  // The list lags behind what was just changed.
  let found: string[] = [];
  for (let tries = 0; tries < 100 && found.length !== ids.length; tries += 1) {
    found = [];
    for await (const { scheduleId } of client.schedule.list()) found.push(scheduleId);
    if (found.length !== ids.length) await sleep(100);
  }
  await server.kill('SIGTERM');
  return found.sort();
};

test('the schedules of a server are those of its document, also when a connector leaves it', async () => {
  assert.deepEqual(await schedulesWith(['one', 'two']), ['attune/one/0', 'attune/two/0']);
  assert.deepEqual(await schedulesWith(['two']), ['attune/two/0']);
});
