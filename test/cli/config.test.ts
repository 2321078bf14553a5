import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { registerConfig } from '../../src/cli/commands/config.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { Problem } from '../../src/config/problem.ts';

describe('attune config', () => {
  let directory = '';
  let file = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'attune-config-'));
    file = join(directory, 'attune.yaml');
    await writeFile(file, 'connectors: []\n');
  });
  after(() => rm(directory, { recursive: true }));

  const warning: Problem = {
    severity: 'warning',
    path: 'connectors',
    message: 'is empty.',
    remedy: 'Add one.',
  };
  const error: Problem = { ...warning, severity: 'error', path: 'targets', line: 3, message: 'is missing.' };

  const config = async (problems: Problem[], ...args: string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const given: unknown[] = [];
    const io = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), env: {}, live: false };
    const code = await runProgram(['config', ...args], io, '1.0.0', (cli) =>
      registerConfig(cli, async () => ({
        read: async (text, place) => {
          given.push(text, place.baseDir);
          return { document: null, problems };
        },
        schema: () => ({ title: 'Attune' }),
      })),
    );
    return { code, out: out.join('\n'), err: err.join('\n'), given };
  };

  it('check names every problem with its place and remedy, and fails on errors only', async () => {
    const wrong = await config([error, warning], 'check', file);
    assert.equal(wrong.code, 1);
    assert.match(
      wrong.out,
      /error at targets \(line 3\): is missing\.\n {2}Add one\.\nwarning at connectors: is empty\./,
    );
    assert.deepEqual(wrong.given, ['connectors: []\n', directory]);
    assert.equal((await config([warning], 'check', file)).code, 0);
    assert.deepEqual(await config([], 'check', file).then(({ code, out }) => ({ code, out })), {
      code: 0,
      out: 'The document is valid.',
    });
  });

  it('check --json prints JSON alone', async () => {
    const { code, out, err } = await config([error], 'check', file, '--json');
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(out), { ok: false, problems: [error] });
    assert.equal(err, '');
  });

  it('check of a file that cannot be read says so', async () => {
    const { code, err } = await config([], 'check', join(directory, 'nowhere.yaml'));
    assert.equal(code, 1);
    assert.match(err, /nowhere\.yaml does not exist/);
  });

  it('schema prints the JSON Schema', async () => {
    assert.deepEqual(JSON.parse((await config([], 'schema')).out), { title: 'Attune' });
  });
});
