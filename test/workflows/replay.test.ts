import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../../src/temporal/worker.ts';
import * as workflows from '../../workflows/index.ts';

const folder = fileURLToPath(new URL('../histories/', import.meta.url));
const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
const directory = await mkdtemp(join(tmpdir(), 'attune-replay-'));
const codePath = await bundleWorkflows(join(directory, 'workflows.js'));

after(() => rm(directory, { recursive: true, force: true }));

test('every workflow type has a recorded history', () => {
  const recorded = new Set(files.map((name) => name.split('-')[0]));
  assert.deepEqual(
    [...recorded].sort(),
    Object.keys(workflows)
      .filter((name) => name !== 'default')
      .sort(),
  );
});

for (const file of files) {
  test(`the code of today replays ${file}`, async () => {
    const history: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'));
    await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, file);
  });
}

test('a history with a step too many is refused, so a replay can fail', async () => {
  const text = await readFile(join(folder, files.find((name) => name.startsWith('fullSync-')) ?? ''), 'utf8');
  const other: unknown = JSON.parse(text.replaceAll('"openRun"', '"closeRun"'));
  await assert.rejects(Worker.runReplayHistory({ workflowBundle: { codePath } }, other, 'changed'), {
    name: 'DeterminismViolationError',
  });
});
