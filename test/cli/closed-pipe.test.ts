import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

test('M-28: a command whose reader has enough ends well and says nothing, as in `attune config schema | head`', async () => {
  const program = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'config', 'schema'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  program.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  // Before it has written anything: whatever it writes finds nobody.
  program.stdout.destroy();
  const [code] = await once(program, 'close');
  assert.deepEqual([code, said], [0, '']);
});
