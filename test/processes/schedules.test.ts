import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { startSandbox } from '../../sandbox/start.ts';
import { removeDataDir } from '../../src/embedded/data-dir.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres/start.ts';
import { startEmbeddedTemporal } from '../../src/embedded/temporal/start.ts';
import { currentConnector, storeConnector } from '../../src/ledger/connectors.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { localKeys } from '../../src/ledger/sealing/keys.ts';
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
  await removeDataDir(dataDir);
});

const good = z.looseObject({ connectors: z.tuple([z.looseObject({ id: z.string() })]) }).parse(parse(sandbox.document));

/** The schedules there are after a server was started with these connectors. */
const schedulesWith = async (ids: readonly string[]): Promise<string[]> => {
  const connectors = ids.map((id) => ({ ...good.connectors[0], id, schedules: [{ every: '1d' }] }));
  await writeFile(file, stringify({ ...good, connectors }));
  const server = startProgram(['api', '--config', file], env);
  await server.says(/connectors/);
  const found = await listed(ids.length);
  await server.kill('SIGTERM');
  return found;
};

/** The schedules there are, once they are so many: the list lags behind what was just changed. */
const listed = async (wanted: number): Promise<string[]> => {
  let found: string[] = [];
  for (let tries = 0; tries < 100 && found.length !== wanted; tries += 1) {
    found = [];
    for await (const { scheduleId } of client.schedule.list()) found.push(scheduleId);
    if (found.length !== wanted) await sleep(100);
  }
  return found.sort();
};

test('the schedules of a server are those of its document, also when a connector leaves it', async () => {
  assert.deepEqual(await schedulesWith(['one', 'two']), ['attune/one/full/every-1d', 'attune/two/full/every-1d']);
  assert.deepEqual(await schedulesWith(['two']), ['attune/two/full/every-1d']);
});

test('a stored schedule that the scheduler refuses, and a version no release can read, stop nobody else', async () => {
  const postgres = await startEmbeddedPostgres({ dataDir });
  const ledger = await openLedger({ url: postgres.url, keys: await localKeys(dataDir) });
  const two = await currentConnector(ledger, 'two');
  assert.ok(two);
  const stored = { managedBy: 'api', createdBy: 'an earlier release', comment: null } as const;
  const schedules = [
    { cron: '0 2 L * *', timeZone: 'UTC', mode: 'full' },
    { every: '2d', mode: 'full' },
  ];
  const sick = { ...two.definition, connector: { ...connectorOf(two.definition), id: 'sick', schedules } };
  await storeConnector(ledger, { ...stored, connector: 'sick', definition: sick });
  await storeConnector(ledger, { ...stored, connector: 'unread', definition: { connector: { id: 'unread' } } });
  await ledger.close();
  await postgres.stop();
  const server = startProgram(['api'], env);
  await server.says(/connectors .*sick.*two.*unread/);
  const found = await listed(3);
  await server.kill('SIGTERM');
  assert.deepEqual(found, ['attune/one/full/every-1d', 'attune/sick/full/every-2d', 'attune/two/full/every-1d']);
  assert.match(
    server.said().err,
    /attune\/sick\/full\/0_2_L_\*_\*@UTC is not set.*DayOfMonth|DayOfMonth.*attune\/sick\/full\/0_2_L/,
  );
  assert.match(server.said().err, /unread: This stored version of a connector cannot be used/);
});

const connectorOf = (definition: unknown) =>
  z.looseObject({ connector: z.looseObject({}) }).parse(definition).connector;
