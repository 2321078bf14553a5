import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../scripts/browser.mjs', import.meta.url));

/** How the look for a Chromium ends with these variables, in a process of its own. */
const look = (env: Record<string, string>) => {
  const program = `import { findChromium } from ${JSON.stringify(script)}; console.log(findChromium(process.env));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    env: { PATH: '/nowhere', ...env },
    encoding: 'utf8',
  });
  return { status, stdout: stdout.trim(), lines: stderr.trim().split('\n') };
};

describe('M-24: the browser tests', () => {
  it('are skipped in one line that says why, where there is no Chromium', () => {
    const { status, lines } = look({});
    assert.equal(status, 0);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /skipped, since there is no Chromium.*apt-get install chromium.*ATTUNE_CHROMIUM/);
  });

  it('fail in continuous integration without one, and where the one that is named is not there', () => {
    for (const env of [{ CI: 'true' }, { ATTUNE_CHROMIUM: '/nowhere/chromium' }]) {
      const { status, lines } = look(env);
      assert.notEqual(status, 0);
      assert.match(lines.join('\n'), /Chromium/);
    }
  });

  it('take the one that is named', () => {
    assert.deepEqual(look({ ATTUNE_CHROMIUM: process.execPath }), { status: 0, stdout: process.execPath, lines: [''] });
  });
});
