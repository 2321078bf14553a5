import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { makeDataDir, removeDataDir } from '../../src/embedded/data-dir.ts';
import { claimDirectory } from '../../src/embedded/owner.ts';
import { removeGone } from '../../src/embedded/postgres/directory.ts';

const made: string[] = [];
let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'attune-owner-'));
  made.push(dir);
});
after(() => Promise.all(made.map((each) => rm(each, { recursive: true, force: true }))));
const isThere = (path: string) => stat(path).then(Boolean, () => false);

describe('a data directory', () => {
  it('has one owner, however many come at the same moment upon the mark of a dead one', async () => {
    const program = join(dir, 'claim.mjs');
    const module = new URL('../../src/embedded/owner.ts', import.meta.url).href;
    await writeFile(
      program,
      `const { claimDirectory } = await import(${JSON.stringify(module)});
       process.once('message', async () => {
         process.send(await claimDirectory(${JSON.stringify(join(dir, 'data'))}).then(() => 'mine', (e) => e.kind));
       });
       setInterval(() => undefined, 60_000);
       process.send('there');`,
    );
    await mkdir(join(dir, 'data'));
    for (let round = 1; round <= 3; round += 1) {
      await writeFile(join(dir, 'data', `owner.${round * 10}`), '999999999 1');
      const rivals = Array.from({ length: 6 }, () => fork(program, { execArgv: [] }));
      await Promise.all(rivals.map((rival) => once(rival, 'message')));
      const answers = rivals.map((rival) => once(rival, 'message').then(([answer]) => answer));
      for (const rival of rivals) rival.send('go');
      const said = (await Promise.all(answers)).sort();
      assert.deepEqual(said, ['conflict', 'conflict', 'conflict', 'conflict', 'conflict', 'mine']);
      await Promise.all(rivals.map((rival) => [rival.kill('SIGKILL'), once(rival, 'exit')][1]));
    }
  });

  it('is free again once its owner has given it back', async () => {
    const release = await claimDirectory(dir);
    await assert.rejects(claimDirectory(dir), /in use by another Attune/);
    await release();
    for (let starts = 1; starts <= 4; starts += 1) await (await claimDirectory(dir))();
    assert.deepEqual((await readdir(dir)).sort(), ['owner.4', 'owner.5']);
  });

  it('that cannot be made is told at once', async () => {
    await writeFile(join(dir, 'file'), '');
    await assert.rejects(makeDataDir(join(dir, 'file', 'data')), /cannot be created: check its permissions/);
    await assert.rejects(makeDataDir(join(dir, 'file')), /cannot be created/);
    await assert.rejects(makeDataDir('/proc/x/y'), /The data directory \/proc\/x\/y cannot be created/);
    assert.equal(await makeDataDir(join(dir, 'a', 'b')), join(dir, 'a', 'b'));
    assert.equal((await stat(join(dir, 'a', 'b'))).mode & 0o777, 0o700);
  });
});

describe('clusters in the shared home', () => {
  const day = 86_400_000;
  const clusterFor = async (home: string, name: string, link: string): Promise<string> => {
    const directory = join(home, `ledger-${name.padStart(12, '0')}`);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'link'), link);
    return directory;
  };

  it('go when their data directory has, and stay while it is there or may come back', async () => {
    const home = join(dir, 'home');
    const data = join(dir, 'data');
    await mkdir(data);
    const used = await clusterFor(home, 'a', join(data, 'postgres'));
    await symlink(used, join(data, 'postgres'));
    const replaced = await clusterFor(home, 'b', join(data, 'postgres'));
    const temporary = await clusterFor(home, 'c', join(tmpdir(), 'attune-gone', 'postgres'));
    const missing = await clusterFor(home, 'd', '/srv/attune-that-is-not-mounted/postgres');
    await removeGone(home, 100 * day);
    assert.deepEqual(await Promise.all([used, replaced, temporary, missing].map(isThere)), [true, false, false, true]);
    await removeGone(home, 106 * day);
    assert.ok(await isThere(missing));
    await removeGone(home, 108 * day);
    assert.deepEqual(await Promise.all([used, missing].map(isThere)), [true, false]);
  });

  it('are never taken from a data directory that came back in time', async () => {
    const home = join(dir, 'home');
    const cluster = await clusterFor(home, 'a', '/srv/attune-that-is-not-mounted/postgres');
    await removeGone(home, 100 * day);
    assert.equal(await readFile(join(cluster, 'gone'), 'utf8'), String(100 * day));
    await writeFile(join(cluster, 'link'), join(dir, 'postgres'));
    await symlink(cluster, join(dir, 'postgres'));
    await removeGone(home, 120 * day);
    assert.ok(await isThere(cluster));
    assert.equal(await isThere(join(cluster, 'gone')), false);
  });

  it('outlive the removal of a data directory that only points elsewhere', async () => {
    const elsewhere = join(dir, 'elsewhere');
    await mkdir(elsewhere);
    await mkdir(join(dir, 'data'));
    await symlink(elsewhere, join(dir, 'data', 'postgres'));
    await removeDataDir(join(dir, 'data'));
    assert.deepEqual(await Promise.all([elsewhere, join(dir, 'data')].map(isThere)), [true, false]);
  });
});
