import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const log = fileURLToPath(new URL('../../src/server/log.ts', import.meta.url));

test('the log has a line when a run begins to wait, with what it waits for and how long at most', () => {
  const program = `
    const { openLog } = await import(${JSON.stringify(log)});
    openLog({}).waits({ run: 'r', party: 'source', said: 'Entra ID does not answer.', upToMs: 3_600_000 });`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const { time: _, ...line } = JSON.parse(stderr);
  assert.deepEqual(line, {
    ...{ level: 40, run: 'r', party: 'source', sentence: 'Entra ID does not answer.', waitsUpToSeconds: 3_600 },
    msg: 'run waits',
  });
});
