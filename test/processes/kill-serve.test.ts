import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openControl } from '../../demo/control.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { StartedWire } from '../../src/api/schemas/runs.ts';
import { readAccess } from '../../src/client/access-file.ts';
import { type Client, createClient } from '../../src/client/client.ts';
import { followRun } from '../../src/client/follow.ts';
import { removeDataDir } from '../../src/embedded/data-dir.ts';
import { expectRun } from '../fixtures/checked-run.ts';
import { startProgram } from '../fixtures/processes.ts';

const inFlight = 4;
const dataDir = await mkdtemp(join(tmpdir(), 'attune-serve-'));
const sandbox = await startSandbox({ users: 300 });
const control = openControl(sandbox.urls.control);
const document = join(dataDir, 'attune.yaml');
await writeFile(document, sandbox.document);
const env = {
  ...sandbox.secrets,
  ATTUNE_DATA_DIR: dataDir,
  ATTUNE_PORT: '0',
  ATTUNE_LOG_LEVEL: 'debug',
  TEMPORAL_CLI_PATH: process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '',
};
const serve = () => startProgram(['serve', '--config', document], env, true);
let server = serve();
const spoken: string[] = [];

after(async () => {
  await server.kill('SIGTERM');
  await sandbox.close();
  await removeDataDir(dataDir);
});

const client = async (): Promise<Client> => {
  await server.says(/connectors/);
  const access = await readAccess(dataDir);
  assert.ok(access);
  return createClient(access);
};

test('everything killed in the middle of writing: the next start ends the run, with every value written', async () => {
  const asExpected = await expectRun(control);
  const { run } = await (await client()).post('/api/connectors/sandbox/runs', { mode: 'full' }, StartedWire);
  while (((await control.counts())['jira write'] ?? 0) < 100) await sleep(50);

  const temporal = Number(/"pid":(\d+)/.exec(await readFile(join(dataDir, 'temporal.pid'), 'utf8'))?.[1]);
  process.kill(temporal, 'SIGKILL');
  await server.kill('SIGKILL');

  spoken.push(server.said().out, server.said().err);
  server = serve();
  const again = await client();
  const { report } = await followRun(again, run, { show: () => undefined, end: () => undefined });
  await asExpected(report, 1 + 2 * inFlight);
  spoken.push(JSON.stringify(report), server.said().out, server.said().err);
});

test('no value of anybody stands in the logs, the metrics or the report', async () => {
  const access = await readAccess(dataDir);
  assert.ok(access);
  const headers = { authorization: `Bearer ${access.token}` };
  const metrics = await fetch(new URL('/metrics', access.url), { headers });
  assert.equal(metrics.status, 200);
  const said = [...spoken, await metrics.text()].join('\n');
  assert.match(said, /Attune is ready/);
  for (const person of await control.people()) {
    for (const attribute of ['userPrincipalName', 'displayName', 'mail', 'mobilePhone', 'streetAddress']) {
      const value = person[attribute];
      if (typeof value === 'string') assert.ok(!said.includes(value), `${attribute} of somebody was told`);
    }
  }
});

test('a server that is asked to stop leaves no process behind', async () => {
  const { pid } = server;
  await server.kill('SIGTERM');
  assert.equal(await server.ended, 0);
  assert.equal(existsSync(`/proc/${pid}`), false);
  assert.equal(existsSync(join(dataDir, 'temporal.pid')), false);
});
