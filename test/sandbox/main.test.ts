import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const main = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url));
const args = ['--disable-warning=ExperimentalWarning', main];

/** What the sandbox's program says when it is asked for something, and its exit code. */
const asked = (...words: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [...args, ...words], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

describe('the program of the sandbox', () => {
  it('says what it takes, and what is wrong with what it was given, without a trace', async () => {
    assert.match((await asked('--help')).out, /--users <n>/);
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    assert.ok(address !== null && typeof address === 'object');
    for (const [words, code, said] of [
      [['--nope'], 2, /Unknown option '--nope'[\s\S]*--users <n>/],
      [['--users', 'x'], 2, /--users must be a whole number/],
      [['--source', 'ldap'], 2, /--source must be one of entra, okta, google/],
      [['--port', String(address.port), '--users', '5'], 1, /A port is taken: give another --port/],
    ] as const) {
      const told = await asked(...words);
      assert.equal(told.code, code, words.join(' '));
      assert.match(told.err, said);
      assert.doesNotMatch(told.err, /\n {4}at /);
    }
    taken.close();
  });

  it('prints a document and nothing else for a file, and ends', async () => {
    const { code, out, err } = await asked('--users', '5', '--port', '19300', '--document');
    assert.equal(code, 0);
    const { targets } = z.object({ targets: z.record(z.string(), z.object({ url: z.string() })) }).parse(parse(out));
    assert.match(targets.jira?.url ?? '', /:193\d\d$/);
    assert.match(err, /^ATTUNE_SECRET_ENTRA=/m);
  });

  it('prints secrets that a shell reads as they are meant', async (t) => {
    const child = spawn(process.execPath, [...args, '--users', '5'], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGTERM'));
    let said = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      said += String(chunk);
      if (/^connectors:/m.test(said)) break;
    }
    const lines = said.split('\n').filter((line) => line.startsWith('ATTUNE_SECRET_'));
    const directory = await mkdtemp(join(tmpdir(), 'attune-secrets-'));
    t.after(() => rm(directory, { recursive: true }));
    const file = join(directory, 'env');
    await writeFile(file, lines.join('\n'));
    const print = (name: string): string =>
      execFileSync('sh', ['-c', `set -a; . "$1"; printenv "$2"`, 'sh', file, name], { encoding: 'utf8' }).trimEnd();
    assert.equal(lines.length, 5);
    assert.match(print('ATTUNE_SECRET_JIRA'), /password/);
    const key = z.object({ private_key: z.string() }).parse(JSON.parse(print('ATTUNE_SECRET_GOOGLE')));
    assert.match(key.private_key, /^-----BEGIN PRIVATE KEY-----\n/);
  });
});
