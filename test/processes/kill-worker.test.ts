import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openControl } from '../../demo/control.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { RunWire, StartedWire } from '../../src/api/schemas/runs.ts';
import { readAccess } from '../../src/client/access-file.ts';
import { type Client, createClient } from '../../src/client/client.ts';
import { followRun } from '../../src/client/follow.ts';
import { removeDataDir } from '../../src/embedded/data-dir.ts';
import { startEmbeddedTemporal } from '../../src/embedded/temporal/start.ts';
import { openBarrier } from '../fixtures/barrier.ts';
import { expectRun } from '../fixtures/checked-run.ts';
import { emptyDatabase } from '../fixtures/database.ts';
import { startProgram } from '../fixtures/processes.ts';

const kills: readonly {
  readonly in: string;
  readonly at: Parameters<Awaited<ReturnType<typeof openBarrier>>['set']>;
}[] = [
  { in: 'read', at: ['read_page', 'insert', 'new.page_no = 2'] },
  { in: 'plan', at: ['change', 'insert', "new.target = 'jira' and new.pos > 20"] },
  { in: 'judge', at: ['run', 'update', "new.phase = 'judge' and old.phase <> 'judge'"] },
  { in: 'the first apply batch', at: ['change', 'update', "new.status = 'applied' and new.pos > 5"] },
  {
    in: 'the last apply batch',
    at: ['change', 'update', "(select count(*) from change c where c.run = new.run and c.status = 'planned') <= 400"],
  },
  { in: 'close', at: ['run', 'update', "new.phase = 'close' and old.phase <> 'close'"] },
];
const inFlight = 4;

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

after(async () => {
  await barrier.close();
  await Promise.all([api.kill('SIGTERM'), worker.kill('SIGTERM')]);
  await temporal.stop();
  await sandbox.close();
  await database.drop();
  await removeDataDir(dataDir);
});

test('a worker killed in every phase leaves a run that ends by itself, with everything written once', async () => {
  const control = openControl(sandbox.urls.control);
  const asExpected = await expectRun(control);
  const access = await readAccess(dataDir);
  assert.ok(access);
  const client = createClient(access);
  const [first] = kills;
  assert.ok(first);
  await barrier.set(...first.at);
  const { run } = await client.post('/api/connectors/sandbox/runs', { mode: 'full' }, StartedWire);
  for (const index of kills.keys()) {
    await barrier.reached();
    await worker.kill('SIGKILL');
    await barrier.lift();
    const next = kills[index + 1];
    if (next !== undefined) await barrier.set(...next.at);
    worker = startProgram(['worker'], env);
  }
  const { report } = await followRun(client, run, { show: () => undefined, end: () => undefined });
  await asExpected(report, 1 + kills.length * inFlight);
});

const apiClient = async (): Promise<Client> => {
  const access = await readAccess(dataDir);
  assert.ok(access);
  return createClient(access);
};
const runAs = async (client: Client, id: string, statuses: readonly string[]): Promise<RunWire> => {
  for (let waited = 0; waited < 120_000; waited += 200) {
    const run = await client.get(`/api/runs/${id}`, RunWire);
    if (statuses.includes(run.status)) return run;
    await sleep(200);
  }
  return assert.fail(`the run did not come to ${statuses.join(' or ')}`);
};
const killedAt = async (at: (typeof kills)[number]['at'], begin: () => Promise<string>): Promise<string> => {
  await barrier.set(...at);
  const run = await begin();
  await barrier.reached();
  await worker.kill('SIGKILL');
  await barrier.lift();
  worker = startProgram(['worker'], env);
  return run;
};
const settled = ['done', 'doneWithFailures', 'failed', 'awaitingApproval'];

test('a worker killed while an approved plan is applied leaves a run that ends with all of it written', async () => {
  const client = await apiClient();
  await openControl(sandbox.urls.control).edit(40);
  const { run } = await client.post('/api/connectors/sandbox/runs', { mode: 'full', intent: 'plan' }, StartedWire);
  await runAs(client, run, ['planned']);
  await killedAt(['change', 'update', "new.status = 'applied' and new.pos > 5"], async () => {
    await client.post(`/api/runs/${run}/approve`, null, z.unknown());
    return run;
  });
  const { status, report } = await runAs(client, run, settled);
  assert.equal(status, 'done');
  const planned = Object.values(report?.targets ?? {}).reduce((sum, target) => sum + target.planned, 0);
  const updated = Object.values(report?.targets ?? {}).reduce((sum, target) => sum + target.updated, 0);
  assert.ok(updated > 0 && planned === 0, 'every change of the plan came to its end');
});

test('a worker killed in the middle of one person leaves nobody half written', async () => {
  const client = await apiClient();
  const edit = { method: 'POST', body: JSON.stringify({ count: 40, seed: 7 }) };
  assert.ok((await fetch(new URL('/people/edit', sandbox.urls.control), edit)).ok);
  const plan = await client.post('/api/connectors/sandbox/runs', { mode: 'full', intent: 'plan' }, StartedWire);
  await runAs(client, plan.run, ['planned']);
  const changesOf = async (id: string) =>
    (
      await client.get(
        `/api/runs/${id}/changes`,
        z.object({ changes: z.array(z.looseObject({ person: z.string(), target: z.string() })) }),
      )
    ).changes;
  const [first] = await changesOf(plan.run);
  assert.ok(first);
  const run = await killedAt(['change', 'update', "new.status = 'applied'"], async () => {
    return (await client.post('/api/connectors/sandbox/runs', { user: first.person }, StartedWire)).run;
  });
  const { status, report } = await runAs(client, run, settled);
  assert.equal(status, 'done');
  assert.equal(report?.targets[first.target]?.updated, 1);
  // What is left to do for them after the kill: nothing.
  const last = await client.post('/api/connectors/sandbox/runs', { mode: 'full' }, StartedWire);
  assert.equal((await runAs(client, last.run, settled)).status, 'done');
  assert.deepEqual(
    (await changesOf(last.run)).filter(({ person }) => person === first.person),
    [],
  );
});
