import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { partsOf, root } from '../fixtures/documentation.ts';

const has = spawnSync('systemd-analyze', ['--version']).status === 0;

test('systemd takes the unit of the page without a word', { skip: !has && 'there is no systemd' }, () => {
  const { blocks } = partsOf(readFileSync(join(root, 'docs/operations.md'), 'utf8'));
  const unit = blocks.find(({ lines }) => lines[0]?.endsWith('/attune.service'))?.lines ?? assert.fail('no unit');
  const directory = mkdtempSync(join(tmpdir(), 'attune-unit-'));
  const verify = (text: string): string => {
    const file = join(directory, 'attune.service');
    // The program stands where it stands on a server.
    writeFileSync(file, text.replace('/usr/bin/node', process.execPath));
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    return `${stdout}${stderr}`;
  };
  try {
    assert.equal(verify(`${unit.join('\n')}\n`), '');
    assert.match(verify(`${unit.join('\n').replace('Restart=', 'Restrat=')}\n`), /Restrat/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
