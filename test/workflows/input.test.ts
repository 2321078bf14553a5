import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { listRuns } from '../../src/ledger/runs/runs.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource } from '../fixtures/directory.ts';
import { defaultGuard, titleMapping, workerFor } from '../fixtures/runs.ts';

const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source: memorySource(new Map(), 10).source,
  targets: new Map(),
  mapping: titleMapping([]),
  guard: defaultGuard,
});

after(async () => {
  await running.close();
  await database.close();
});

/** The sentence with which a workflow of this type refuses these arguments at once. */
const refusal = async (type: string, ...args: object[]): Promise<string> => {
  const handle = await running.client.workflow.start(type, {
    args,
    taskQueue: running.queue,
    workflowId: `test/input/${type}/${JSON.stringify(args).length}/${Math.random()}`,
    workflowExecutionTimeout: '60s',
  });
  try {
    await handle.result();
  } catch (error) {
    assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure, String(error));
    assert.deepEqual([error.cause.type, error.cause.nonRetryable], ['config', true]);
    assert.deepEqual(await listRuns(ledger, { limit: 10 }), [], 'no run was made of it');
    return error.cause.message;
  }
  return assert.fail('the workflow took the input');
};

const misspelt: [string, object, RegExp][] = [
  ['fullSync', { connector: 'acme', intnt: 'plan' }, /unknown key "intnt" \(did you mean "intent"\?/],
  ['fullSync', { connector: 'acme', modus: 'full' }, /unknown key "modus".*"mode":"<full or delta or verify>"/],
  ['fullSync', { connector: 'acme', dryRun: true }, /unknown key "dryRun"\. Pass .*"intent":"<apply or plan>"/],
  ['syncUser', { connector: 'acme', user: 'id-1', mode: 'full' }, /unknown key "mode"/],
  ['syncUser', { connector: 'acme', usr: 'id-1' }, /did you mean "user"/],
  ['applyPlan', { run: 'r', Run: 'r' }, /did you mean "run"/],
  ['findUser', { connector: 'acme', lookup: 'x', more: 1 }, /unknown key "more"/],
  ['explainUser', { connector: 'acme', qestion: 'x' }, /did you mean "question"/],
  ['fullSync', {}, /"connector" is missing/],
  ['fullSync', { connector: 'acme', mode: 'fast' }, /"mode" is not one of full, delta, verify/],
];

for (const [type, input, sentence] of misspelt) {
  test(`${type} refuses ${JSON.stringify(input)} and writes nothing`, async () => {
    assert.match(await refusal(type, input), sentence);
  });
}

test('a workflow type that does not exist ends with a sentence instead of being tried for ever', async () => {
  assert.match(await refusal('fullSink', { connector: 'acme' }), /no workflow "fullSink"\. Did you mean fullSync\?/);
});

test('a step of a run is not started by itself', async () => {
  const batch = { run: 'r', target: 'jira', batch: { from: 0, to: 9 } };
  assert.match(await refusal('applyBatch', batch), /step of a run/);
  assert.match(await refusal('planBatch', batch), /step of a run/);
});
