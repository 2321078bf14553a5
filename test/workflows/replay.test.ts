import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';

import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { bundleWorkflows } from '../../src/temporal/workflow-bundle.ts';
import * as workflows from '../../workflows/index.ts';
import { bundles } from '../fixtures/runs.ts';

const folder = fileURLToPath(new URL('../histories/', import.meta.url));
const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();

const codePath = await bundleWorkflows(bundles);

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
