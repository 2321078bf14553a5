import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openControl } from '../../demo/control.ts';
import { RunWire, StartedWire } from '../../src/api/schemas/runs.ts';
import type { Client } from '../../src/client/client.ts';
import { type At, startInstallation } from './killed-worker.ts';

const installation = await startInstallation();
after(() => installation.close());

const runAs = async (client: Client, id: string, statuses: readonly string[]): Promise<RunWire> => {
  for (let waited = 0; waited < 120_000; waited += 200) {
    const run = await client.get(`/api/runs/${id}`, RunWire);
    if (statuses.includes(run.status)) return run;
    await sleep(200);
  }
  return assert.fail(`the run did not come to ${statuses.join(' or ')}`);
};
const killedAt = async (at: At, begin: () => Promise<string>): Promise<string> => {
  await installation.hold(at);
  const run = await begin();
  await installation.killHeld();
  return run;
};
const settled = ['done', 'doneWithFailures', 'failed', 'awaitingApproval'];

test('a worker killed while an approved plan is applied leaves a run that ends with all of it written', async () => {
  const client = await installation.client();
  await openControl(installation.control).edit(40);
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
  const client = await installation.client();
  const edit = { method: 'POST', body: JSON.stringify({ count: 40, seed: 7 }) };
  assert.ok((await fetch(new URL('/people/edit', installation.control), edit)).ok);
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
