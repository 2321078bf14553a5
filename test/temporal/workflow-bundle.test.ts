import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { bundleWorkflows } from '../../src/temporal/workflow-bundle.ts';

const directory = await mkdtemp(join(tmpdir(), 'attune-bundles-'));
after(() => rm(directory, { recursive: true }));

test('two workers that start with one directory share one whole bundle, which is made once', async () => {
  const [one, other] = await Promise.all([bundleWorkflows(directory), bundleWorkflows(directory)]);
  assert.equal(one, other);
  assert.deepEqual(await readdir(directory), [basename(one)]);
  const made = await stat(one);
  assert.equal(made.mode & 0o777, 0o600);
  await bundleWorkflows(directory);
  assert.equal((await stat(one)).mtimeMs, made.mtimeMs);
});

test('a server without a worker loads nothing of the worker', async () => {
  const program = `
    await import(${JSON.stringify(new URL('../../src/server/server.ts', import.meta.url).href)});
    const { createRequire } = await import('node:module');
    const loaded = Object.keys(createRequire(${JSON.stringify(import.meta.url)}).cache);
    if (!loaded.some((file) => file.includes('/@temporalio/client/'))) throw new Error('the test sees no module at all');
    console.log(loaded.filter((file) => /@temporalio.(worker|core-bridge)|swc|webpack/.test(file)).length);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  assert.equal(stdout.trim(), '0');
});
